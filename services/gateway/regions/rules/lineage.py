"""Which codes became which, change by change: what became of a code, and which codes came before it. Pure.

The changes name regions, not everything below them: a code that became one other takes everything below along under
its new beginning. Of one split into several the change names where each region directly below went or that it stayed.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from shared.regions import LEVEL_BY_LENGTH, is_within

_AFTER_DIGITS: Final = ":"  # the character after 9, so that a code's range ends there
_NEVER: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class Succession:
    """One code became another in a change; ids of changes rise in the order in which they were recorded.

    `successor_count`: into how many codes the change turned `from_code`; `predecessor_count`: how many it turned
    into `to_code`.
    """

    change_id: UUID
    effective_on: date
    from_code: str
    to_code: str
    successor_count: int
    predecessor_count: int


@dataclass(frozen=True, slots=True)
class Home:
    """Where a region went one to one; with `ended_on` it was then merged or split on that day and is no more."""

    code: str
    ended_on: date | None
    ended_at: int  # the place of the change that ended it in the order of changes


@dataclass(frozen=True, slots=True)
class _Move:
    at: int  # the place of its change in the order of changes
    on: date
    targets: tuple[str, ...]
    is_one_to_one: bool


class Lineage:
    """The changes that concern some regions, as of a day.

    It holds for a code when every succession from that code, from the codes above it and from what they became is
    among those given.
    """

    def __init__(self, successions: Iterable[Succession], as_of: date) -> None:
        known = sorted({each for each in successions if each.effective_on <= as_of}, key=_place)
        at = {change_id: place for place, change_id in enumerate(dict.fromkeys(each.change_id for each in known))}
        became: dict[tuple[str, UUID], list[Succession]] = defaultdict(list)
        for each in known:
            became[each.from_code, each.change_id].append(each)
        self._moves: dict[str, list[_Move]] = defaultdict(list)
        for (code, change_id), parts in became.items():
            one_to_one = len(parts) == 1 and parts[0].predecessor_count == 1
            targets = tuple(part.to_code for part in parts)
            self._moves[code].append(_Move(at[change_id], parts[0].effective_on, targets, one_to_one))
        self._origins = sorted({(each.to_code, each.from_code, each.successor_count == 1) for each in known})
        remained = {(each.change_id, each.to_code) for each in known if each.from_code == each.to_code}
        self._made = {each.to_code for each in known if (each.change_id, each.to_code) not in remained}

    def home_of(self, code: str) -> Home:
        """Return where a region is now, following it while it was renamed or recoded one to one."""
        after = -1
        while (step := self._next(code, after)) is not None:
            move, images, is_one_to_one = step
            after = move.at
            if code in images:
                continue  # the code remains, with a part of what it was or with others merged into it
            if not is_one_to_one:
                return Home(code, move.on, move.at)
            (code,) = images
        return Home(code, None, _NEVER)

    def became(self, code: str, before: int = _NEVER) -> frozenset[str]:
        """Return every code that stands now for what `code` was; itself when nothing happened to it."""
        found: set[str] = set()
        waiting = [(code, -1)]
        while waiting:
            each, after = waiting.pop()
            step = self._next(each, after)
            if step is None or step[0].at >= before:
                found.add(each)
            else:
                waiting += [(image, step[0].at) for image in step[1]]
        return frozenset(found)

    def covered_by(self, region: str) -> frozenset[str]:
        """Return the region, where it is now, and every earlier code of which all successors lie within it (SX-7).

        A region that was merged or split is taken as it stood the day before: nothing is widened to its successors.
        """
        home = self.home_of(region)
        earlier = {
            code
            for code in self._before(home.code)
            if all(is_within(each, home.code) for each in self.became(code, home.ended_at))
        }
        return frozenset({region, home.code, *earlier})

    def _next(self, code: str, after: int) -> tuple[_Move, frozenset[str], bool] | None:
        """Return the first move after a place that changes the code, what it made of it, and whether one to one."""
        first: tuple[_Move, frozenset[str], bool] | None = None
        for beginning in _beginnings(code):
            below = code[len(beginning) :]
            for move in self._moves.get(beginning, ()):
                if move.at <= after or (below and len(move.targets) > 1):
                    continue
                images = frozenset(target + below for target in move.targets)
                if images != {code} and (first is None or move.at < first[0].at):
                    first = (move, images, bool(below) or move.is_one_to_one)
                    break
        return first

    def _before(self, code: str) -> set[str]:
        """Return every code that may have become the code or something within it, through any number of changes."""
        found: set[str] = set()
        waiting = [code]
        while waiting:
            new = set(self._one_before(waiting.pop())) - found
            found |= new
            waiting += new
        return found

    def _one_before(self, code: str) -> Iterator[str]:
        first, end = bisect_left(self._origins, (code,)), bisect_left(self._origins, (code + _AFTER_DIGITS,))
        for part, origin, _ in self._origins[first:end]:
            yield part  # counts where the region around it came apart
            yield origin
        if code in self._made:
            return  # it began by a change of its own, after all that happened to the regions it lies in
        for beginning in _beginnings(code)[1:]:
            at = bisect_left(self._origins, (beginning,))
            while at < len(self._origins) and self._origins[at][0] == beginning:
                _, origin, takes_all_below = self._origins[at]
                if takes_all_below:
                    yield origin + code[len(beginning) :]
                at += 1


def _beginnings(code: str) -> list[str]:
    """Return the code and the codes of the regions it lies in, the nearest first."""
    return [code, *(code[:length] for length in reversed(LEVEL_BY_LENGTH) if length < len(code))]


def _place(each: Succession) -> tuple[UUID, str, str]:
    return each.change_id, each.from_code, each.to_code
