"""Read the clause catalogue, policy/clauses.yaml."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from shared.policy.sourced import BothLanguages, ClauseId, Section, Words
from shared.policy.yaml_source import parse

CATALOGUE: Final = Path(__file__).resolve().parents[2] / "policy" / "clauses.yaml"
Service = Literal["R", "L", "S", "F", "G"]


class CatalogueUnreadable(ValueError):
    """The catalogue has mistakes; the message names them."""


class Clause(Section):
    """One clause: where it stands in the catalogue, which services it concerns and what it says in a line.

    `rule` or, by part, `rules` name what decides it as `module:name`; `lacks` says what this release does not do of it.
    """

    id: ClauseId
    section: int
    where: tuple[Service, ...]
    zh: Words
    en: Words
    claimed: bool = False
    rule: Words | None = None
    rules: dict[Words, Words] = Field(default_factory=dict)
    lacks: BothLanguages | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Clause":
        if self.claimed and self.lacks:
            raise ValueError(f"{self.id} is claimed and lacks something")
        if self.rules and (self.rule or len(set(self.rules.values())) < max(len(self.rules), 2)):
            raise ValueError(f"{self.id}: one rule, or several that decide different parts")
        return self

    @property
    def source(self) -> str:
        """Return the code of the document, for example `FJ`."""
        return self.id.partition("-")[0]


class Catalogue(Section):
    """Every clause with the documents and sections they belong to."""

    sources: dict[str, BothLanguages]
    sections: dict[int, BothLanguages]
    clauses: tuple[Clause, ...]

    @model_validator(mode="after")
    def _complete(self) -> "Catalogue":
        twice = [each for each, times in Counter(clause.id for clause in self.clauses).items() if times > 1]
        homeless = [
            clause.id
            for clause in self.clauses
            if clause.source not in self.sources or clause.section not in self.sections
        ]
        if twice or homeless:
            raise ValueError(f"listed twice: {twice or 'none'}; of an unknown source or section: {homeless or 'none'}")
        return self

    @property
    def ids(self) -> frozenset[str]:
        """Return all clause ids."""
        return frozenset(clause.id for clause in self.clauses)


def read_catalogue(path: Path) -> Catalogue:
    """Read the catalogue.

    Raises:
        CatalogueUnreadable: when the file is not as it should be.
    """
    parsed = parse(path.read_text(encoding="utf-8"))
    if parsed.mistakes:
        raise CatalogueUnreadable(f"{path.name}: " + "; ".join(map(str, parsed.mistakes)))
    try:
        return Catalogue.model_validate(parsed.data)
    except ValueError as problem:
        raise CatalogueUnreadable(f"{path.name}: {problem}") from None


@cache
def known_clauses() -> frozenset[str]:
    """Return the ids of all clauses of the catalogue that comes with the program."""
    return read_catalogue(CATALOGUE).ids
