"""Who acts by each key of a pack, policy/readers.yaml: the code of a service that reads it, or nobody yet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from shared.policy.leaves import keys_of_packs, leaves
from shared.policy.pack import PolicyPack
from shared.policy.yaml_source import parse

READERS: Final = Path(__file__).resolve().parents[2] / "policy" / "readers.yaml"


class ReadersUnreadable(ValueError):
    """The list of readers has mistakes; the message names them."""


@dataclass(frozen=True, slots=True)
class Effect:
    """A key of the model with its names and what acts by it.

    `reader` is `module:function` of a service, or a package of it, or None; then the value is recorded and a later
    release will act on it under the clauses `not_yet`.
    """

    key: str
    zh: str
    en: str
    reader: str | None
    not_yet: tuple[str, ...] = ()


@cache
def effects() -> Mapping[str, Effect]:
    """Return what acts by every key of the model, in the order of the model.

    Raises:
        ReadersUnreadable: the list is not as it should be, lacks a key, or has one that no pack has.
    """
    return read_effects(READERS.read_text(encoding="utf-8"))


def read_effects(text: str) -> Mapping[str, Effect]:
    """Read the list of readers.

    Raises:
        ReadersUnreadable: the list is not as it should be, lacks a key, or has one that no pack has.
    """
    parsed = parse(text)
    if parsed.mistakes or not isinstance(parsed.data, dict):
        raise ReadersUnreadable("; ".join(map(str, parsed.mistakes)) or "it is empty")
    known = list(keys_of_packs())
    written = dict(_written(parsed.data, [each.key for each in known]))
    lacking = [each.key for each in known if each.key not in written]
    strange = sorted(written.keys() - {each.key for each in known})
    if lacking or strange:
        raise ReadersUnreadable(f"no line for {lacking or 'none'}; no pack has {strange or 'none'}")
    return {each.key: _effect(each.key, each.zh, each.en, written[each.key]) for each in known}


def _written(sections: dict[str, Any], known: list[str]) -> Iterator[tuple[str, Any]]:
    for name, section in sections.items():
        if isinstance(section, dict):
            yield from ((f"{name}.{key}", said) for key, said in section.items())
        else:
            yield from ((key, section) for key in known if key.startswith(f"{name}."))


def _effect(key: str, zh: str, en: str, said: Any) -> Effect:
    if isinstance(said, str) and "." in said:
        return Effect(key, zh, en, said)
    clauses = said.get("not_yet") if isinstance(said, dict) and len(said) == 1 else None
    if isinstance(clauses, list) and clauses:
        return Effect(key, zh, en, None, tuple(map(str, clauses)))
    raise ReadersUnreadable(f"{key}: write `module:function`, or {{not_yet: [clause, …]}}")


def recorded_only(pack: PolicyPack) -> tuple[Effect, ...]:
    """Return the keys that a pack sets and no service acts by yet, each once, in the order of the model."""
    found = {leaf.key: effects()[leaf.key] for leaf in leaves(pack)}
    return tuple(effect for effect in found.values() if effect.reader is None)
