"""The values of a pack one by one: the keys that the model has, and what a pack says under them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from shared.policy.sourced import Section, Sourced

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack


class Key(NamedTuple):
    """A key of the model with its names, for example `lending.amount_max`."""

    key: str
    zh: str
    en: str


class Leaf(NamedTuple):
    """A value of a pack: where it stands in the file (`programmes[0].budget`), under which key, and what it says."""

    place: str
    key: str
    value: Sourced[Any]


def section_model(annotation: Any) -> type[Section] | None:
    """Return the model of a section of the pack, also of one that may be left out or repeated."""
    kinds = (annotation, *get_args(annotation))
    return next((each for each in kinds if isinstance(each, type) and issubclass(each, Section)), None)


def keys_of(model: "type[PolicyPack]") -> Iterator[Key]:
    """Yield every key under which a pack may hold a value, in the order of the model."""
    for name, field in model.model_fields.items():
        section = section_model(field.annotation)
        for key, info in section.model_fields.items() if section is not None else ():
            if _holds_a_value(info.annotation):
                yield Key(f"{name}.{key}", info.title or key, info.description or key)


def _holds_a_value(annotation: Any) -> bool:
    kinds = (annotation, *get_args(annotation))
    return any(isinstance(each, type) and issubclass(each, Sourced) for each in kinds)


def leaves(pack: "PolicyPack") -> Iterator[Leaf]:
    """Yield every value that a pack holds, in the order of the model."""
    for name in type(pack).model_fields:
        held = getattr(pack, name)
        for number, section in enumerate(held if isinstance(held, tuple) else (held,)):
            place = f"{name}[{number}]" if isinstance(held, tuple) else name
            for key in type(section).model_fields if isinstance(section, Section) else ():
                value = getattr(section, key)
                if isinstance(value, Sourced):
                    yield Leaf(f"{place}.{key}", f"{name}.{key}", value)
