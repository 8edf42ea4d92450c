"""Read the clause catalogue, policy/clauses.yaml."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from shared.policy.clause_list import PartLetter, document_of
from shared.policy.sourced import BothLanguages, ClauseOnlyId, Section, Words
from shared.policy.yaml_source import parse

CATALOGUE: Final = Path(__file__).resolve().parents[2] / "policy" / "clauses.yaml"
Service = Literal["R", "L", "S", "F", "G"]


class CatalogueUnreadable(ValueError):
    """The catalogue has mistakes; the message names them."""


class Obligation(Section):
    """What a document asks for: proven by this release (`claimed`), or open with the domain that will build it."""

    zh: Words
    en: Words
    claimed: bool = False
    open: Words | None = None


class Part(Obligation):
    """One part of a clause; with `mark: clause` a test marked with the whole clause proves it."""

    mark: Literal["part", "clause"] = "part"

    @model_validator(mode="after")
    def _says_how_it_stands(self) -> "Part":
        if self.claimed is (self.open is not None):
            raise ValueError("a part is either `claimed: true`, or `open:` with the domain that will build it")
        if self.mark == "clause" and not self.claimed:
            raise ValueError("`mark: clause` says what proves a claimed part; an open part has no proof")
        return self


class Clause(Obligation):
    """One clause: where it stands in the catalogue, which services it concerns and, part by part, what it asks for.

    `rule` or, by what each decides, `rules` name what decides it as `module:name`; `lacks` says what this release does
    not do of it.
    """

    id: ClauseOnlyId
    section: int
    where: tuple[Service, ...]
    parts: dict[PartLetter, Part] = Field(default_factory=dict)
    rule: Words | None = None
    rules: dict[Words, Words] = Field(default_factory=dict)
    lacks: BothLanguages | None = None

    @model_validator(mode="after")
    def _says_how_it_stands(self) -> "Clause":
        if self.parts and (self.claimed or self.open):
            raise ValueError(f"{self.id}: its parts say what is claimed and what is open; the clause itself does not")
        if not self.parts and self.claimed is (self.open is not None):
            raise ValueError(f"{self.id} is either `claimed: true`, or `open:` with the domain that will build it")
        if list(self.parts) != sorted(self.parts):
            raise ValueError(f"{self.id}: list its parts in the order of their letters")
        if self.is_claimed and self.lacks:
            raise ValueError(f"{self.id} is claimed and lacks something")
        if self.rules and (self.rule or len(set(self.rules.values())) < max(len(self.rules), 2)):
            raise ValueError(f"{self.id}: one rule, or several that decide different parts")
        return self

    @property
    def source(self) -> str:
        """Return the code of the document, for example `FJ`."""
        return document_of(self.id)

    @property
    def is_claimed(self) -> bool:
        """Return whether this release proves the whole clause: itself, or every part of it."""
        return all(part.claimed for part in self.parts.values()) if self.parts else self.claimed

    def obligations(self) -> Iterator[tuple[str, Obligation]]:
        """Yield (id, what is asked for): every part as `LG-12(c)`, or the clause itself where it has no parts."""
        if not self.parts:
            yield self.id, self
        yield from ((f"{self.id}({letter})", part) for letter, part in self.parts.items())


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
        """Return everything that a test may cite: clauses, `LG-12`, and their parts, `LG-12(c)`."""
        parts = (cited for clause in self.clauses for cited, _ in clause.obligations())
        return frozenset(clause.id for clause in self.clauses).union(parts)


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
