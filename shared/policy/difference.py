"""What changed between two versions of a pack, in words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from shared.policy.overlays import PRODUCT_SECTIONS, SECTIONS
from shared.policy.pack import PolicyPack

ORIGINS_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Change:
    """One change: the key and the sentence in both languages."""

    key: str
    zh: str
    en: str

    def __str__(self) -> str:
        """Return both sentences in one line."""
        return f"{self.zh} {self.en}"


@dataclass(frozen=True, slots=True)
class _Leaf:
    zh: str
    en: str
    value: Any
    origin: str


def diff(old: PolicyPack, new: PolicyPack) -> tuple[Change, ...]:
    """Return every value that was added, removed or changed, in file order, and those that only rest on something else.

    The header comes first (its version goes without saying), then documents and clauses, the worked examples last. More
    than `ORIGINS_SHOWN` values that only rest on something else are counted and not listed.
    """
    before, after = dict(_leaves(old)), dict(_leaves(new))
    keys = [*after, *(key for key in before if key not in after)]
    values = (change for key in keys if (change := _change(key, before.get(key), after.get(key))))
    moved = {
        key: (first, after[key])
        for key, first in before.items()
        if key in after and first.value == after[key].value and first.origin != after[key].origin
    }
    return (
        *_header_changes(old, new),
        *_citation_changes(old, new),
        *_product_changes(old, new),
        *values,
        *_origin_changes(moved),
        *_example_changes(old, new),
    )


def _header_changes(old: PolicyPack, new: PolicyPack) -> Iterator[Change]:
    before, after = (pack.header.model_dump(mode="json") for pack in (old, new))
    for name, field in type(new.header).model_fields.items():
        if name in ("version", "supersedes") or before[name] == after[name]:
            continue
        (old_zh, old_en), (new_zh, new_en), key = _spoken(before[name]), _spoken(after[name]), f"header.{name}"
        yield Change(
            key,
            f"{key}：“{field.title}”由 {old_zh} 改为 {new_zh}。",
            f"{key}: “{field.description}” changed from {old_en} to {new_en}.",
        )


def _citation_changes(old: PolicyPack, new: PolicyPack) -> Iterator[Change]:
    for section, key in (("documents", "prefix"), ("clauses", "id")):
        rows = [
            {each[key]: each for each in pack.model_dump(mode="json", include={section}, exclude_none=True)[section]}
            for pack in (old, new)
        ]
        yield from (Change(section, f"{section}：{zh}。", f"{section}: {en}.") for zh, en in _row_changes(*rows))


def _product_changes(old: PolicyPack, new: PolicyPack) -> Iterator[Change]:
    before, after = (_named(pack) for pack in (old, new))
    for key in dict.fromkeys([*after, *before]):
        first, last = before.get(key), after.get(key)
        if first == last:
            continue
        (old_zh, old_en), (new_zh, new_en) = first or ("无", "none"), last or ("无", "none")
        yield Change(key, f"{key}：由 {old_zh} 改为 {new_zh}。", f"{key}: changed from {old_en} to {new_en}.")


def _named(pack: PolicyPack) -> dict[str, tuple[str, str]]:
    """Return the base and the products by their keys, in words."""
    base = pack.based_on
    found = {f"products[{each.code}]": (each.name.zh, each.name.en) for each in pack.products}
    found["product"] = (f"{pack.product.code} {pack.product.name.zh}", f"{pack.product.code} {pack.product.name.en}")
    if base is not None:
        found["based_on"] = (f"{base.code} 第 {base.version} 版", f"{base.code} version {base.version}")
    return found


def _example_changes(old: PolicyPack, new: PolicyPack) -> Iterator[Change]:
    before, after = ({each.name.en: each for each in pack.examples} for pack in (old, new))
    for name in (*after, *(name for name in before if name not in after)):
        first, last = before.get(name), after.get(name)
        if first == last:
            continue
        zh, en = ("新增", "added") if first is None else ("取消", "removed") if last is None else ("修改", "changed")
        shown = last or first
        yield Change("examples", f"算例：{zh}“{shown.name.zh if shown else ''}”。", f"examples: {en} “{name}”.")


def _leaves(pack: PolicyPack) -> Iterator[tuple[str, _Leaf]]:
    plain = pack.model_dump(mode="json", exclude_none=True)
    for name, model in SECTIONS.items():
        held = plain.get(name, [])
        for prefix, row in _rows(name, held):
            yield from _row_leaves(prefix, row, model)
    for product in plain["products"]:
        for name, model in PRODUCT_SECTIONS.items():
            yield from _row_leaves(f"products[{product['code']}].{name}", product.get(name, {}), model)
        yield from _left_out(f"products[{product['code']}].without", product["without"])
    yield from _left_out("without", plain["without"])


def _rows(name: str, held: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(held, list):
        yield from ((f"{name}[{number}]", row) for number, row in enumerate(held))
    else:
        yield name, held


def _row_leaves(prefix: str, row: Mapping[str, Any], model: type[BaseModel]) -> Iterator[tuple[str, _Leaf]]:
    for key, node in row.items():
        info = model.model_fields[key]
        yield f"{prefix}.{key}", _Leaf(info.title or key, info.description or key, node["value"], _origin(node))


def _left_out(prefix: str, listed: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, _Leaf]]:
    for node in listed:
        yield f"{prefix}.{node['value']}", _Leaf("不设此项", "not there", node["value"], _origin(node))


def _origin(node: Mapping[str, Any]) -> str:
    """Return the clauses, or the reason, and the base in which the value stands if it is not the county's own."""
    said = ", ".join(node["clause"]) if "clause" in node else f"assumed: {node['reason']}"
    return f"{node['layer']}: {said}" if "layer" in node else said


def _change(key: str, before: _Leaf | None, after: _Leaf | None) -> Change | None:
    if before is None and after is not None:
        value_zh, value_en = _spoken(after.value)
        zh = f"{key}：新增“{after.zh}”，值为 {value_zh}（依据 {after.origin}）。"
        return Change(key, zh, f"{key}: added “{after.en}”, {value_en} ({after.origin}).")
    if after is None and before is not None:
        value_zh, value_en = _spoken(before.value)
        zh = f"{key}：取消“{before.zh}”，原值为 {value_zh}。"
        return Change(key, zh, f"{key}: removed “{before.en}”, which was {value_en}.")
    if before is None or after is None or before.value == after.value:
        return None
    details_zh, details_en = _moved(before.value, after.value)
    zh = f"{key}：“{after.zh}”{details_zh}（依据 {after.origin}）。"
    return Change(key, zh, f"{key}: “{after.en}” {details_en} ({after.origin}).")


def _origin_changes(moved: Mapping[str, tuple[_Leaf, _Leaf]]) -> Iterator[Change]:
    if len(moved) > ORIGINS_SHOWN:
        sections = Counter(key.partition(".")[0] for key in moved)
        zh = "、".join(f"{name} {count}" for name, count in sections.items())
        en = ", ".join(f"{name} {count}" for name, count in sections.items())
        yield Change(
            "origins",
            f"另有 {len(moved)} 项取值不变，仅依据或理由不同（{zh}）。",
            f"{len(moved)} more values are unchanged and rest on another clause or reason ({en}).",
        )
        return
    for key, (before, after) in moved.items():
        zh = f"{key}：“{after.zh}”的值不变，依据由 {before.origin} 改为 {after.origin}。"
        en = f"{key}: “{after.en}” is unchanged but now rests on {after.origin}, not {before.origin}."
        yield Change(key, zh, en)


def _moved(before: Any, after: Any) -> tuple[str, str]:
    if isinstance(before, list) and isinstance(after, list) and len(_by_name(before)) and len(_by_name(after)):
        zh, en = zip(*_row_changes(_by_name(before), _by_name(after)), strict=True)
        return "：" + "；".join(zh), "changed: " + "; ".join(en)
    (old_zh, old_en), (new_zh, new_en) = _spoken(before), _spoken(after)
    return f"由 {old_zh} 改为 {new_zh}", f"changed from {old_en} to {new_en}"


def _by_name(rows: list[Any]) -> dict[str, Any]:
    """Return the rows by their first field (a code, a level, a threshold), or nothing when they are not such rows."""
    named = {str(next(iter(row.values()))): row for row in rows if isinstance(row, dict) and row}
    return named if len(named) == len(rows) else {}


def _row_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if list(before) != list(after) and set(before) == set(after):
        yield f"顺序改为 {', '.join(after)}", f"the order is now {', '.join(after)}"
    for name in [*after, *(name for name in before if name not in after)]:
        if name not in before:
            zh, en = _spoken(after[name])
            yield f"新增 {zh}", f"added {en}"
        elif name not in after:
            yield f"删除 {name}", f"removed {name}"
        elif before[name] != after[name]:
            changed = [key for key in {**before[name], **after[name]} if before[name].get(key) != after[name].get(key)]
            for key in changed:
                (old_zh, old_en), (new_zh, new_en) = _spoken(before[name].get(key)), _spoken(after[name].get(key))
                yield f"{name} 的 {key} 由 {old_zh} 改为 {new_zh}", f"{key} of {name} from {old_en} to {new_en}"


def _spoken(value: Any) -> tuple[str, str]:
    if value is None:
        return "无", "none"
    if isinstance(value, bool):
        return ("是", "yes") if value else ("否", "no")
    if isinstance(value, dict):
        pairs = [(key, *_spoken(each)) for key, each in value.items()]
        return ", ".join(f"{key} {zh}" for key, zh, _ in pairs), ", ".join(f"{key} {en}" for key, _, en in pairs)
    if isinstance(value, list):
        parts = [_spoken(each) for each in value] or [("空", "nothing")]
        return "[" + "; ".join(zh for zh, _ in parts) + "]", "[" + "; ".join(en for _, en in parts) + "]"
    return str(value), str(value)
