"""How each clause stands: which tests prove it, which packs set a value by it, or that it is open."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from shared.policy.load import cited_clauses
from shared.policy.pack import PolicyPack
from shared.policy.yaml_source import key_path
from tools.clauses.catalogue import Catalogue, Clause

# These check what a pack says and what the demonstration plans. A value on paper is no proof that services obey it.
VALUE_TESTS = ("tests/policy/", "tests/demo/test_population.py")


class State(StrEnum):
    """A clause is proven by the behaviour of the services, failing, set as a value only, or open."""

    PROVEN = "proven"
    FAILING = "failing"
    VALUE_ONLY = "value_only"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One marked test, the clauses it proves and how it ended: passed, failed or skipped."""

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
class ClauseStatus:
    """One clause with its proofs; `passed` counts the passing cases of each test, parametrised cases together."""

    clause: Clause
    passed: Mapping[str, int]
    failed: Mapping[str, int]
    values: tuple[PackValue, ...]

    @property
    def state(self) -> State:
        """Return the state; one failing test, or a part that is lacking, is enough not to be proven.

        Value tests alone prove nothing.
        """
        if self.failed:
            return State.FAILING
        if not self.clause.lacks and any(not test.startswith(VALUE_TESTS) for test in self.passed):
            return State.PROVEN
        has_value = any(test.startswith(VALUE_TESTS) for test in self.passed) or any(
            not value.follows for value in self.values
        )
        return State.VALUE_ONLY if has_value else State.OPEN

    @property
    def is_broken_promise(self) -> bool:
        """Tell whether the clause is claimed but not proven."""
        return self.clause.claimed and self.state is not State.PROVEN


def read_outcomes(report: Path) -> tuple[Outcome, ...]:
    """Read what the recorder wrote."""
    tests = json.loads(report.read_text(encoding="utf-8"))["tests"]
    return tuple(Outcome(each["test"], tuple(each["clauses"]), each["outcome"]) for each in tests)


def statuses(
    catalogue: Catalogue, outcomes: Sequence[Outcome], packs: Mapping[str, PolicyPack]
) -> tuple[ClauseStatus, ...]:
    """Return every clause's status in the order of the catalogue."""
    values = list(_values(packs))
    return tuple(
        ClauseStatus(
            clause,
            _cases(each.test for each in outcomes if clause.id in each.clauses and each.outcome == "passed"),
            _cases(each.test for each in outcomes if clause.id in each.clauses and each.outcome == "failed"),
            tuple(value for clause_id, value in values if clause_id == clause.id),
        )
        for clause in catalogue.clauses
    )


def unknown_ids(catalogue: Catalogue, outcomes: Iterable[Outcome], packs: Mapping[str, PolicyPack]) -> list[str]:
    """Return one sentence for every test or pack value that names a clause the catalogue does not have."""
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
