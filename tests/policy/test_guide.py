"""What docs/policy-packs.md shows can be copied: the model reads every block, and no form of a value is missing."""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin

import pytest
from pydantic import TypeAdapter

from shared.policy.overlays import SECTIONS
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Sourced
from shared.policy.yaml_source import parse
from tests.policy.fengjie import PROJECT

GUIDE = (PROJECT / "docs" / "policy-packs.md").read_text(encoding="utf-8")
BLOCKS = [textwrap.dedent(block) for block in re.findall(r"^ *```yaml\n(.*?)^ *```", GUIDE, re.MULTILINE | re.DOTALL)]


def values_in(section: str, held: Any) -> Iterator[tuple[Any, Any]]:
    """Yield (annotation, value as written) of every value in a section of a block."""
    for row in held if isinstance(held, list) else [held]:
        for key, leaf in row.items():
            yield SECTIONS[section].model_fields[key].annotation, leaf


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.splitlines()[0])
def test_every_block_of_the_guide_is_read_by_the_model(block: str) -> None:
    parsed = parse(block)
    assert parsed.mistakes == []
    for name, held in parsed.data.items():
        if name in SECTIONS:
            for annotation, leaf in values_in(name, held):
                TypeAdapter(annotation).validate_python(leaf)
        else:
            whole: Any = PolicyPack.model_fields[name].annotation
            TypeAdapter(whole).validate_python(held)


def kind_of(annotation: Any) -> Any:
    """Return what a value of a pack is: the kind within its origin."""
    kinds = (annotation, *get_args(annotation))
    found = next(each for each in kinds if isinstance(each, type) and issubclass(each, Sourced))
    return found.model_fields["value"].annotation


def forms_in(kind: Any) -> Iterator[Any]:
    """Yield the records and the kinds of plain lists that a value is made of."""
    if get_origin(kind) is tuple:
        row = get_args(kind)[0]
        if not is_dataclass(row):
            yield kind
        yield from forms_in(row)
    elif isinstance(kind, type) and is_dataclass(kind):
        yield kind
        for field in fields(kind):
            yield from forms_in(field.type)


def shown_in(kind: Any, value: Any) -> Iterator[tuple[Any, str]]:
    """Yield (form, key) for everything that a value shows of its forms; a plain list shows itself."""
    if get_origin(kind) is tuple:
        row = get_args(kind)[0]
        if not is_dataclass(row):
            yield kind, ""
        for each in value:
            yield from shown_in(row, each)
    elif isinstance(kind, type) and is_dataclass(kind) and isinstance(value, dict):
        for field in fields(kind):
            if field.name in value:
                yield kind, field.name
                yield from shown_in(field.type, value[field.name])


def test_every_list_and_record_of_the_model_is_shown_with_all_its_keys() -> None:
    wanted = set()
    for model in SECTIONS.values():
        for info in model.model_fields.values():
            for form in forms_in(kind_of(info.annotation)):
                keys = [field.name for field in fields(form)] if is_dataclass(form) else [""]
                wanted |= {(form, key) for key in keys}
    shown = set()
    for block in BLOCKS:
        for name, held in parse(block).data.items():
            for annotation, leaf in values_in(name, held) if name in SECTIONS else ():
                shown |= set(shown_in(kind_of(annotation), leaf["value"]))
    assert sorted(f"{getattr(form, '__name__', form)}.{key}" for form, key in wanted - shown) == []
