"""How each clause stands: which tests prove it, which packs set a value by it, or that it is open."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shared.policy.load import cited_clauses
from shared.policy.pack import PolicyPack
from shared.policy.yaml_source import key_path
from tools.clauses.catalogue import Catalogue, Clause, Obligation

# These check what a pack says and what the demonstration plans. A value on paper is no proof that services obey it.
VALUE_TESTS = ("tests/policy/", "tests/demo/test_population.py")
BROKEN = ("failed", "errored")


class State(StrEnum):
    """A clause or part is proven by the behaviour of the services, failing, set as a value only, or open.

    A clause of which some parts are proven and others are not is partly proven.
    """

    PROVEN = "proven"
    PARTLY = "partly"
    FAILING = "failing"
    VALUE_ONLY = "value_only"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One marked test, the clauses it proves and how it ended: passed, failed, errored or skipped."""

    test: str
    clauses: tuple[str, ...]
    outcome: str


@dataclass(frozen=True, slots=True)
class PackValue:
    """A value of a pack that rests on the clause, or (`follows`) is assumed after it."""

    pack: str
    key: str
    follows: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """The marked tests and packs' values of one clause or part; cases of a parametrised test are counted together."""

    passed: Mapping[str, int]
    failed: Mapping[str, int]
    values: tuple[PackValue, ...]

    def state(self, *, claimed: bool) -> State:
        """Return the state: a failing test outweighs all, value tests alone prove nothing, nor what is not claimed."""
        if self.failed:
            return State.FAILING
        by_value = [test.startswith(VALUE_TESTS) for test in self.passed]
        if claimed and not all(by_value):
            return State.PROVEN
        has_value = any(by_value) or any(not value.follows for value in self.values)
        return State.VALUE_ONLY if has_value else State.OPEN


@dataclass(frozen=True, slots=True)
class PartStatus:
    """What a clause asks for (itself, or one of its parts) and what proves it."""

    id: str
    asks: Obligation
    evidence: Evidence

    @property
    def state(self) -> State:
        """Return how the part stands."""
        return self.evidence.state(claimed=self.asks.claimed)

    @property
    def is_broken_promise(self) -> bool:
        """Return whether it is claimed but not proven."""
        return self.asks.claimed and self.state is not State.PROVEN


@dataclass(frozen=True, slots=True)
class ClauseStatus:
    """One clause with its own evidence and its parts; a clause without parts has itself as the only one."""

    clause: Clause
    evidence: Evidence
    parts: tuple[PartStatus, ...]

    @property
    def state(self) -> State:
        """Return the state: proven when every part is, failing when a test of the clause or of any part fails."""
        states = {part.state for part in self.parts}
        if self.evidence.failed or State.FAILING in states:
            return State.FAILING
        if State.PROVEN in states:
            return State.PROVEN if states == {State.PROVEN} else State.PARTLY
        return State.VALUE_ONLY if State.VALUE_ONLY in {*states, self.evidence.state(claimed=False)} else State.OPEN

    @property
    def broken_promises(self) -> tuple[PartStatus, ...]:
        """Return the parts that are claimed but not proven."""
        return tuple(part for part in self.parts if part.is_broken_promise)


def read_outcomes(report: Path) -> tuple[Outcome, ...]:
    """Read what the recorder wrote."""
    tests = json.loads(report.read_text(encoding="utf-8"))["tests"]
    return tuple(Outcome(each["test"], tuple(each["clauses"]), each["outcome"]) for each in tests)


def statuses(
    catalogue: Catalogue, outcomes: Sequence[Outcome], packs: Mapping[str, PolicyPack]
) -> tuple[ClauseStatus, ...]:
    """Return every clause's status in the order of the catalogue."""
    values = list(_values(packs))
    return tuple(_status(clause, outcomes, values) for clause in catalogue.clauses)


def _status(clause: Clause, outcomes: Sequence[Outcome], values: Sequence[tuple[str, PackValue]]) -> ClauseStatus:
    whole = _evidence(clause.id, {clause.id}, outcomes, values)
    if not clause.parts:
        return ClauseStatus(clause, whole, (PartStatus(clause.id, clause, whole),))
    parts = []
    for letter, part in clause.parts.items():
        cited = f"{clause.id}({letter})"
        marks = {cited, clause.id} if part.mark == "clause" else {cited}
        parts.append(PartStatus(cited, part, _evidence(cited, marks, outcomes, values)))
    return ClauseStatus(clause, whole, tuple(parts))


def _evidence(
    cited: str, marks: AbstractSet[str], outcomes: Sequence[Outcome], values: Sequence[tuple[str, PackValue]]
) -> Evidence:
    meant = [each for each in outcomes if marks & set(each.clauses)]
    return Evidence(
        _cases(each.test for each in meant if each.outcome == "passed"),
        _cases(each.test for each in meant if each.outcome in BROKEN),
        tuple(value for by, value in values if by == cited),
    )


def unknown_ids(catalogue: Catalogue, outcomes: Iterable[Outcome], packs: Mapping[str, PolicyPack]) -> list[str]:
    """Return one sentence for every test or pack value that names a clause or part the catalogue does not have."""
    known = catalogue.ids
    in_tests = {f"{each.test} names {one}" for each in outcomes for one in each.clauses if one not in known}
    in_packs = {f"pack {value.pack}, {value.key} names {one}" for one, value in _values(packs) if one not in known}
    return sorted(in_tests | in_packs)


def _cases(tests: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(test.partition("[")[0] for test in tests).items()))


def _values(packs: Mapping[str, PolicyPack]) -> Iterator[tuple[str, PackValue]]:
    for name, pack in sorted(packs.items()):
        for path, clause, follows in sorted(cited_clauses(pack), key=lambda each: (key_path(each[0]), each[1])):
            yield clause, PackValue(name, key_path(path), follows)
