"""Events: what every event has in common, the types of their fields, and the catalogue of all of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, PlainSerializer, PlainValidator, WithJsonSchema

from shared.dates import believable
from shared.money import Money, PositiveMoney
from shared.regions import RegionCode

__all__ = ["Day", "DuplicateEvent", "Event", "EventType", "Money", "Percent", "PositiveMoney", "RegionCode"]

PERCENT_PATTERN: Final = r"^-?\d{1,6}(\.\d{1,8})?$"  # as JSON Schema reads it: ASCII digits
_NAME: Final = re.compile(r"^[a-z]+(-[a-z0-9]+)*$")
_OWNER: Final = re.compile(r"^[a-z]+$")


def _percent(value: Any) -> Decimal:
    if isinstance(value, Decimal) and value.is_finite():
        return value
    if isinstance(value, str) and re.fullmatch(PERCENT_PATTERN, value, re.ASCII):
        return Decimal(value)
    raise ValueError(f'{value!r} is not a percentage: give a Decimal, or "4.35" in JSON, never a number')


Percent = Annotated[
    Decimal,
    PlainValidator(_percent),
    PlainSerializer(lambda value: f"{value:f}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": PERCENT_PATTERN, "description": "percent (a year for rates)"}),
]
"""A percentage: ``Decimal`` in Python, ``"4.35"`` in JSON."""
Day = Annotated[date, AfterValidator(believable)]
"""A day between 1900 and 2200, as in every request."""


@dataclass(frozen=True, slots=True)
class EventType:
    """Who owns an event, what it is called, in which version, and about which aggregate it speaks."""

    owner: str
    name: str
    version: int
    aggregate: str

    @property
    def schema_path(self) -> str:
        """Return the relative reference of the JSON schema, as carried in ``dataschema``."""
        return f"/events/{self.name}.v{self.version}.json"


class DuplicateEvent(TypeError):
    """Two classes claim the same event name and version."""


class Event(BaseModel):
    """A frozen event. Subclass with ``owner=``, ``name=``, ``version=`` and ``aggregate=``.

    Unknown fields are ignored, so that a producer may add optional fields before its consumers know
    them; any other change is a new version, that is a new class.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)
    event_type: ClassVar[EventType]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Accept the keywords that describe the event; pydantic hands them to the hook below."""
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, owner: str = "", name: str = "", version: int = 1, aggregate: str = "", **kwargs: Any
    ) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if not (_OWNER.match(owner) and _NAME.match(name) and _NAME.match(aggregate) and version >= 1):
            raise TypeError(f"{cls.__qualname__} needs owner=, name=, version= and aggregate= in lower case")
        cls.event_type = EventType(owner, name, version, aggregate)
        _register(cls)


_catalogue: dict[tuple[str, int], type[Event]] = {}


def _register(model: type[Event]) -> None:
    key = (model.event_type.name, model.event_type.version)
    known = _catalogue.setdefault(key, model)
    if (known.__module__, known.__qualname__) != (model.__module__, model.__qualname__):
        raise DuplicateEvent(f"{key[0]} v{key[1]} is already {known.__module__}.{known.__qualname__}")
    _catalogue[key] = model


def find_event(name: str, version: int) -> type[Event] | None:
    """Return the class of an event, or None when this process does not know that name and version."""
    return _catalogue.get((name, version))


def list_events() -> Iterator[type[Event]]:
    """Yield every event class this process has imported, by owner, name and version."""
    by_name = sorted(_catalogue.values(), key=lambda m: (m.event_type.owner, m.event_type.name, m.event_type.version))
    yield from by_name
