"""Clause marks say which case proves which clause, so that a clause is open again when its case is gone.

What all cases of a function carry says nothing about any of them, wherever the mark stands: at most one clause may be
carried like that, the others stand on the cases that show them.
"""

from collections.abc import Collection, Iterable, Sequence
from itertools import groupby

import pytest

FOR_ALL_CASES = 1
FOR_ONE_CASE = 3  # of its own
FOR_ONE_STORY = 4  # a test without cases, from the filing to the money

_fault = pytest.StashKey[str]()


def fault_of(cases: Sequence[Collection[str]]) -> str | None:
    """Return what is wrong with the clauses that the cases of one function carry, or None.

    A function without cases is one case.
    """
    if len(cases) == 1:
        [story] = cases
        fault = f"one test proves at most {FOR_ONE_STORY} clauses, not {len(story)}: write a test for each"
        return fault if len(story) > FOR_ONE_STORY else None
    shared = frozenset(cases[0]).intersection(*cases)
    if len(shared) > FOR_ALL_CASES:
        return f"all cases carry {', '.join(sorted(shared))}: mark the cases that show a clause, not all of them"
    if any(len(frozenset(case) - shared) > FOR_ONE_CASE for case in cases):
        return f"one case proves at most {FOR_ONE_CASE} clauses of its own"
    return None


def clauses_of(item: pytest.Item) -> frozenset[str]:
    """Return the clauses that a test carries, from wherever the mark stands."""
    return frozenset(str(each) for mark in item.iter_markers("clause") for each in mark.args)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Look at each function's cases together, unless single cases were asked for."""
    if any("[" in argument for argument in config.args):
        return
    for cases in _by_function(items):
        fault = fault_of([clauses_of(case) for case in cases])
        if fault is not None:
            for case in cases:
                case.stash[_fault] = fault


def _by_function(items: Iterable[pytest.Item]) -> Iterable[list[pytest.Item]]:
    def function(item: pytest.Item) -> str:
        return item.nodeid.partition("[")[0]

    return (list(cases) for _, cases in groupby(sorted(items, key=function), key=function))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail a test whose function's marks say too much at once."""
    if _fault in item.stash:
        pytest.fail(item.stash[_fault], pytrace=False)
