"""The changes that would break the rules, at least one for each proven clause: `tests/clauses/mutations.yaml`."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from ruamel.yaml import YAML

LIST: Final = Path("tests/clauses/mutations.yaml")
KILLED: Final = Path("tests/clauses/killed.json")
_TEST_FILES: Final = ("services/*/tests/**/test_*.py", "tests/**/test_*.py")


class Mutation(BaseModel):
    """One change of one file that breaks the rule of a clause; `text` stands in the file exactly once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    clause: str = Field(pattern=r"^[A-Z]+\d*-\d+[a-z]?(\([a-z]\))?$")
    file: Path
    text: str = Field(min_length=1)
    replacement: str

    def applied_to(self, source: str) -> str:
        """Return the source with the rule broken.

        Raises:
            ValueError: when the text does not stand there exactly once, or the replacement is the same.
        """
        times = source.count(self.text)
        if times != 1:
            raise ValueError(f"{self.clause}: {self.text!r} stands {times} times in {self.file}")
        if self.replacement == self.text:
            raise ValueError(f"{self.clause}: the replacement of {self.text!r} in {self.file} changes nothing")
        return source.replace(self.text, self.replacement)


@dataclass(frozen=True)
class Project:
    """The files of a project that mutations and their tests stand in, read once."""

    root: Path

    @cached_property
    def _tests(self) -> Mapping[str, str]:
        """Return the text of every test file, by its path."""
        files = sorted({path for pattern in _TEST_FILES for path in self.root.glob(pattern)})
        return {path.relative_to(self.root).as_posix(): path.read_text(encoding="utf-8") for path in files}

    def tests_of(self, clause: str) -> tuple[str, ...]:
        """Return the test files that name a clause (or part) in a mark."""
        named = re.compile(rf'"{re.escape(clause)}"')
        return tuple(path for path, text in self._tests.items() if named.search(text))

    def digest(self, mutation: Mutation) -> str:
        """Return a digest of everything that says whether a mutation dies: itself, its file and its test files."""
        parts = [mutation.model_dump_json(), (self.root / mutation.file).read_text(encoding="utf-8")]
        parts += [self._tests[path] for path in self.tests_of(mutation.clause)]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def read_mutations(root: Path) -> tuple[Mutation, ...]:
    """Read the list of a project.

    Raises:
        pydantic.ValidationError: when an entry is not as it should be.
    """
    loaded = YAML(typ="safe").load((root / LIST).read_text(encoding="utf-8"))
    return TypeAdapter(tuple[Mutation, ...]).validate_python(loaded)


def read_killed(root: Path) -> dict[str, str]:
    """Return the digests of the mutations that died in an earlier round, by `name_of` the mutation."""
    path = root / KILLED
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_killed(root: Path, killed: Mapping[str, str]) -> None:
    """Note which mutations died, so that a later round may leave out those of which nothing changed."""
    text = json.dumps(dict(sorted(killed.items())), indent=1, ensure_ascii=False)
    (root / KILLED).write_text(text + "\n", encoding="utf-8")


def names_of(mutations: Iterable[Mutation]) -> dict[str, Mutation]:
    """Return mutations by clause and number within it, such as `LG-12(c) 2`."""
    named: dict[str, Mutation] = {}
    counted: dict[str, int] = {}
    for each in mutations:
        counted[each.clause] = counted.get(each.clause, 0) + 1
        named[f"{each.clause} {counted[each.clause]}"] = each
    return named
