"""What a ranking or an assessment must say of whom, that reward follows the result, and who is summoned. Pure."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

REWARDS: Final = {"penalty": 0, "none": 1, "reward": 2}


@dataclass(frozen=True, slots=True)
class Result:
    """What was found of one township, bank or entity: its place in a ranking, or its score and what follows."""

    subject: str
    place: int | None = None
    score: Decimal | None = None
    consequence: str | None = None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Whom the results leave out, whom they name though nobody asked, and whom they name twice."""

    missing: tuple[str, ...]
    strange: tuple[str, ...]
    twice: tuple[str, ...]

    def __bool__(self) -> bool:
        """Return whether anything is wrong."""
        return bool(self.missing or self.strange or self.twice)


def mismatch(named: Sequence[str], expected: Collection[str]) -> Mismatch:
    """Compare whom results name with whom they must name, each once."""
    times = Counter(named)
    return Mismatch(
        tuple(sorted(set(expected) - times.keys())),
        tuple(sorted(times.keys() - set(expected))),
        tuple(sorted(each for each, count in times.items() if count > 1)),
    )


def is_ranking(results: Sequence[Result]) -> bool:
    """Return whether the places are 1, 2, 3 … without gap or tie, and nothing but places is said."""
    only_places = all(each.score is None and each.consequence is None for each in results)
    return only_places and sorted(each.place or 0 for each in results) == list(range(1, len(results) + 1))


def is_assessment(results: Sequence[Result]) -> bool:
    """Return whether every result has a score and what follows of it, and no place."""
    return all(each.place is None and each.score is not None and each.consequence in REWARDS for each in results)


def out_of_order(results: Sequence[Result]) -> tuple[str, str] | None:
    """Return two subjects of which the one with the lower score, or the same, fares better; None if none does (DZ-8).

    Reward and penalty go by the result: who scores more never fares worse, and who scores the same fares the same.
    """
    ordered = sorted(results, key=lambda each: (each.score or Decimal(0), REWARDS[each.consequence or "none"]))
    for lower, higher in pairwise(ordered):
        mine, other = REWARDS[lower.consequence or "none"], REWARDS[higher.consequence or "none"]
        if other < mine or (lower.score == higher.score and mine != other):
            return lower.subject, higher.subject
    return None


def last_of(results: Sequence[Result]) -> str:
    """Return who stands last in a ranking."""
    return max(results, key=lambda each: each.place or 0).subject


def summoned(last_places: Sequence[str | None], running: int) -> tuple[tuple[int, str], ...]:
    """Return (number of the ranking, who) for each ranking that makes somebody last `running` times in a row (FJ-2).

    `last_places` are in order of time, None for a ranking that is not there yet; numbers count from 0.
    """
    found = []
    for number in range(running - 1, len(last_places)):
        window = set(last_places[number - running + 1 : number + 1])
        if len(window) == 1 and (who := window.pop()) is not None:
            found.append((number, who))
    return tuple(found)


def is_to_be_put_right(used_as_agreed: bool | None, risk: str | None) -> bool:
    """Return whether what was found of an entity's use of loans asks for an order to put it right (SX-4)."""
    return used_as_agreed is False or risk == "high"
