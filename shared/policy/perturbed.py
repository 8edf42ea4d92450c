"""A pack with one value changed, in every way that such a value can be changed: does an example notice?"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

from shared.policy.clause_list import clause_of
from shared.policy.leaves import Leaf, leaves
from shared.policy.sourced import Sourced
from shared.policy.yaml_source import KeyPath, path_of

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack


def carrying(pack: "PolicyPack", clause: str) -> Iterator[Leaf]:
    """Yield the values that rest on a clause, follow it, or have a row that does; `LG-12` and `LG-12(c)` are one."""
    for leaf in leaves(pack):
        rows = leaf.value.value if isinstance(leaf.value.value, tuple) else ()
        of_rows = (each for row in rows if isinstance(each := getattr(row, "clause", None), str))
        cited = (*(leaf.value.clause or ()), *(leaf.value.after or ()), *of_rows)
        if clause_of(clause) in map(clause_of, cited):
            yield leaf


def perturbed(pack: "PolicyPack", leaf: Leaf) -> Iterator["PolicyPack"]:
    """Yield the pack with another value in one place, as often as there are other values worth trying.

    Nothing is checked: the values may contradict each other.
    """
    path = path_of(leaf.place)
    for value in _others(leaf.value.value):
        yield _put(pack, path, leaf.value.model_copy(update={"value": value}))
    if not _at(pack, path[:-1]).__class__.model_fields[path[-1]].is_required():
        yield _put(pack, path, None)


def _at(node: Any, path: KeyPath) -> Any:
    for part in path:
        node = node[part] if isinstance(part, int) else getattr(node, part)
    return node


def _put(node: Any, path: KeyPath, value: Sourced[Any] | None) -> Any:
    if not path:
        return value
    part, *rest = path
    if isinstance(part, int):
        return (*node[:part], _put(node[part], tuple(rest), value), *node[part + 1 :])
    return node.model_copy(update={part: _put(getattr(node, part), tuple(rest), value)})


def _others(value: Any) -> Iterator[Any]:
    """Yield other values of the same kind: beside it, far from it, the opposite, a list with one row less or more."""
    match value:
        case bool():
            yield not value
        case Enum():
            yield from (other for other in type(value) if other is not value)
        case int():
            yield from (each for each in (value + 1, value - 1, value * 2, value // 2, 1) if each > 0 and each != value)
        case Decimal():
            beside = (value * 2, value / 2, value + Decimal("0.01"), value - Decimal("0.01"), Decimal(0), Decimal(1))
            yield from (each for each in beside if each >= 0 and each != value)
        case date():
            yield from (value + timedelta(days=days) for days in (1, -1, 400, -400))
        case tuple():
            yield from _other_lists(value)
        case str():
            yield f"{value}-x"
        case _ if is_dataclass(value):
            yield from _other_records(value)


def _other_lists(rows: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for number, row in enumerate(rows):
        yield (*rows[:number], *rows[number + 1 :])
        if not isinstance(row, Enum | str):
            yield from ((*rows[:number], other, *rows[number + 1 :]) for other in _others(row))
    if len(rows) > 1:
        yield rows[::-1]
    if rows and isinstance(rows[0], Enum):
        yield from ((*rows, other) for other in type(rows[0]) if other not in rows)


def _other_records(record: Any) -> Iterator[Any]:
    for field in fields(record):
        if field.name in ("zh", "en", "clause"):
            continue
        for other in _others(getattr(record, field.name)):
            yield replace(record, **{field.name: other})
