"""The values of a pack one by one: the keys that the model has, and what a pack says under them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from shared.policy.overlays import PRODUCT_SECTIONS, SECTIONS
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


def keys_of_packs() -> Iterator[Key]:
    """Yield every key under which a pack may hold a value, in the order of a file."""
    for name, section in SECTIONS.items():
        for key, info in section.model_fields.items():
            if _holds_a_value(info.annotation):
                yield Key(f"{name}.{key}", info.title or key, info.description or key)


def _holds_a_value(annotation: Any) -> bool:
    kinds = (annotation, *get_args(annotation))
    return any(isinstance(each, type) and issubclass(each, Sourced) for each in kinds)


def leaves(pack: "PolicyPack") -> Iterator[Leaf]:
    """Yield every value that a pack holds, in the order of a file; those of further products last."""
    for name in SECTIONS:
        held = getattr(pack, name)
        for number, section in enumerate(held if isinstance(held, tuple) else (held,)):
            yield from _of_section(f"{name}[{number}]" if isinstance(held, tuple) else name, name, section)
    for number, product in enumerate(pack.products):
        for name in PRODUCT_SECTIONS:
            yield from _of_section(f"products[{number}].{name}", name, getattr(product, name))


def _of_section(place: str, name: str, section: Section | None) -> Iterator[Leaf]:
    for key in type(section).model_fields if section is not None else ():
        value = getattr(section, key)
        if isinstance(value, Sourced):
            yield Leaf(f"{place}.{key}", f"{name}.{key}", value)
