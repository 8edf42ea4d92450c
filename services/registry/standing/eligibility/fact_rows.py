"""Facts and loan requests as rows of the facts statement, and as JSON beside an answer. Pure.

A fact has one name: that of its field. A column has the same name; the columns of a part (a rating, the entity) begin
with the part's name, and the part is none where the first of them is null.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from operator import itemgetter
from types import NoneType
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from pydantic import TypeAdapter

from shared.policy.household_facts import EntityFacts, HouseholdFacts, LoanRequest

Row = Mapping[str, Any]
Record = TypeVar("Record")
_SQL_TYPES: Final[Mapping[Any, str]] = {
    Decimal: "numeric",
    int: "integer",
    str: "text",
    bool: "boolean",
    date: "date",
    UUID: "uuid",
    tuple[str, ...]: "text[]",
}


def columns_of(kind: type[Any], prefix: str = "") -> tuple[str, ...]:
    """Return the columns that hold a dataclass of facts, in the order of its fields."""
    return tuple(column for name, hint in _fields(kind) for column in _columns(f"{prefix}{name}", hint))


def typed_columns(kind: type[Any], prefix: str = "") -> str:
    """Return the columns of a dataclass with their types, as a relation of JSON rows declares them."""
    return ", ".join(
        f"{prefix}{name} {_SQL_TYPES[_bare(hint)]}"
        if (part := _part(hint)) is None
        else typed_columns(part, f"{prefix}{name}_")
        for name, hint in _fields(kind)
    )


def stored(value: Any) -> Any:
    """Return facts or a loan request as JSON data of their own shape; sets are sorted, so equals give equal text."""
    if is_dataclass(value):
        return {field.name: stored(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, frozenset):
        return sorted(value)
    return [stored(each) for each in value] if isinstance(value, tuple) else value


def _fields(kind: type[Any]) -> Iterator[tuple[str, Any]]:
    hints = get_type_hints(kind)
    return ((field.name, hints[field.name]) for field in fields(kind))


def _bare(hint: Any) -> Any:
    """Return the type of a value that is there."""
    return hint if hint in _SQL_TYPES else next(each for each in get_args(hint) if each is not NoneType)


def _part(hint: Any) -> type[Any] | None:
    """Return the dataclass of a part that may be missing."""
    if get_origin(hint) is tuple:
        return None
    return next((each for each in get_args(hint) if isinstance(each, type) and is_dataclass(each)), None)


def _columns(column: str, hint: Any) -> tuple[str, ...]:
    part = _part(hint)
    return (column,) if part is None else columns_of(part, f"{column}_")


def _reader(kind: type[Record], prefix: str = "") -> Callable[[Row], Record]:
    """Return what makes one `kind` of a row; every household of a county goes through here."""
    hints = [(f"{prefix}{name}", hint) for name, hint in _fields(kind)]
    parts = {place: (part, f"{name}_") for place, (name, hint) in enumerate(hints) if (part := _part(hint))}
    read = itemgetter(*(_columns(name, hint)[0] for name, hint in hints))
    wholes = [(place, _reader(part, name)) for place, (part, name) in parts.items()]
    makers = [(place, make) for place, (_, hint) in enumerate(hints) if (make := _maker(hint))]

    def record(row: Row) -> Record:
        values = list(read(row))
        for place, whole in wholes:
            if values[place] is not None:
                values[place] = whole(row)
        for place, make in makers:
            values[place] = make(values[place])
        return kind(*values)

    return record


def _maker(hint: Any) -> Callable[[Any], Any] | None:
    """Return what makes a fact of a column that holds a list."""
    origin = get_origin(hint)
    if origin is tuple and is_dataclass(get_args(hint)[0]):
        listed = TypeAdapter(hint).validate_python
        return lambda rows: listed(rows) if rows else ()
    return origin if origin in (frozenset, tuple) else None


facts_of: Final = _reader(HouseholdFacts)
loan_request_of: Final = _reader(LoanRequest)
entity_of: Final = _reader(EntityFacts)
facts_stored: Final = TypeAdapter(HouseholdFacts).validate_python
loan_request_stored: Final = TypeAdapter(LoanRequest).validate_python
REQUEST_COLUMNS: Final = columns_of(LoanRequest)
REQUEST_TYPES: Final = typed_columns(LoanRequest)
