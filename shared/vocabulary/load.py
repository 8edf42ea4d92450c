"""Read the vocabulary's files, each once and only when somebody asks for it."""

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

FOLDER: Final = Path(__file__).parent
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the compiled one is ten times faster where it exists


class FieldWords(NamedTuple):
    """What a field of the API is called in both languages, and what it means."""

    zh: str
    en: str
    meaning: str

    @property
    def title(self) -> str:
        """Return the bilingual title, Chinese first."""
        return f"{self.zh} {self.en}"


class ValueWords(NamedTuple):
    """What one value of a closed set is called in both languages."""

    zh: str
    en: str


class RepeatedKey(ValueError):
    """A key stands twice in a file, so one of its two meanings would be lost."""


@cache
def field_words() -> Mapping[str, FieldWords]:
    """Return the words of every field by its key; a key that names several bodies stands once for each of them.

    Raises:
        RepeatedKey: two entries speak of the same field.
    """
    return _one_by_one({key: FieldWords(*words) for key, words in read("fields.yaml").items()})


@cache
def value_words() -> Mapping[str, ValueWords]:
    """Return the words of every value of a closed set: `value`, or `field=value` where a field gives it its own sense.

    Raises:
        RepeatedKey: two entries speak of the same value.
    """
    return {key: ValueWords(*words) for key, words in read("values.yaml").items()}


def in_chinese(value: str, *sets: str) -> str:
    """Return what a value of a closed set is called in Chinese, in the first of `sets` that has its own words for it.

    A value that the vocabulary does not know is returned as it is.
    """
    known = value_words()
    keys = (*(f"{name}={value}" for name in sets), value)
    return next((known[key].zh for key in keys if key in known), value)


def read(name: str) -> Any:
    """Return a file of the vocabulary as plain data, every scalar a string: `on`, `no` and 2018 are words here.

    Raises:
        RepeatedKey: a key stands twice.
    """
    return _plain(yaml.compose((FOLDER / name).read_text(encoding="utf-8"), Loader=_LOADER))


def _one_by_one(by_key: Mapping[str, FieldWords]) -> dict[str, FieldWords]:
    words: dict[str, FieldWords] = {}
    for key, meant in by_key.items():
        owners, dot, name = key.rpartition(".")
        for owner in owners.split("|"):
            single = f"{owner}{dot}{name}"
            if single in words:
                raise RepeatedKey(f"{single} stands twice in fields.yaml")
            words[single] = meant
    return words


def _plain(node: yaml.Node | None) -> Any:
    if isinstance(node, yaml.MappingNode):
        keys = Counter(_plain(key) for key, _ in node.value)
        if repeated := [key for key, count in keys.items() if count > 1]:
            raise RepeatedKey(f"line {node.start_mark.line + 1}: {', '.join(repeated)} stands twice")
        return {_plain(key): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each) for each in node.value]
    return node.value if node else {}
