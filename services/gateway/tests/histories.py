"""Made-up histories of official codes: as the registry's events record them, and code by code as they really went."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from services.gateway.regions.rules.lineage import Succession

FIRST_DAY = date(2010, 1, 1)
AS_OF = date(2030, 1, 1)
CHILD_DIGITS = {6: 3, 9: 3}


@dataclass
class History:
    """Three levels of regions, and what became of every code that ever was; no code is used twice."""

    random: Random
    in_force: set[str] = field(default_factory=lambda: {"500236", "500237"})
    became: dict[str, set[str]] = field(default_factory=dict)
    home: dict[str, tuple[str, bool]] = field(default_factory=dict)  # where it went one to one, and whether it ended
    recorded: list[Succession] = field(default_factory=list)
    born_at: dict[str, int] = field(default_factory=dict)
    split_at: dict[str, int] = field(default_factory=dict)
    last_part: int = 0
    change_count: int = 0

    def __post_init__(self) -> None:
        """Fill two counties with two townships of two villages each."""
        for _ in range(2):
            for parent in sorted(code for code in self.in_force if len(code) < 12):
                if not any(code.startswith(parent) and len(code) > len(parent) for code in self.in_force):
                    self.in_force |= {self.new_code(parent) for _ in range(2)}
        self._meet(self.in_force)

    def new_code(self, parent: str) -> str:
        """Return a code below the parent, or of another county, that never was."""
        self.last_part += 1
        return f"{parent}{self.last_part:03}" if parent else f"{510000 + self.last_part}"

    def change(self) -> None:
        """Let something happen somewhere."""
        digits = self.random.choice((6, 9, 9, 12, 12))
        here = sorted(code for code in self.in_force if len(code) == digits)
        kind = self.random.choice(("recode", "merge", "split"))
        source = self.random.choice(here)
        if kind == "recode":
            self._carry_out({source: [self._target(source)]})
        elif kind == "merge" and len(here) > 1:
            other = self.random.choice([code for code in here if code != source])
            if not self._suffixes(source) & self._suffixes(other):
                target = self.random.choice((source, self._target(source)))
                self._carry_out({source: [target], other: [target]})
        elif kind == "split":
            self._split(source)

    def _suffixes(self, source: str) -> set[str]:
        return {code[len(source) :] for code in self.in_force if code.startswith(source) and code != source}

    def _target(self, source: str) -> str:
        parents = [code for code in self.in_force if len(code) == {6: 0, 9: 6, 12: 9}[len(source)]] or [""]
        return self.new_code(self.random.choice(sorted(parents)))

    def _split(self, source: str) -> None:
        remains = self.random.random() < 0.5
        parts = [source if remains else self._target(source), self._target(source)]
        pairs: dict[str, list[str]] = {source: parts}
        for child in sorted(code for code in self.in_force if code[: len(source)] == source):
            if len(child) == len(source) + CHILD_DIGITS.get(len(source), 99):
                part = self.random.choice(parts)
                pairs[child] = [part + child[len(source) :]]
        self._carry_out(pairs)

    def _carry_out(self, pairs: dict[str, list[str]]) -> None:
        moves: dict[str, set[str]] = {}
        for code in self.in_force:
            named = [source for source in pairs if code.startswith(source)]
            if named:
                source = max(named, key=len)
                if code == source or len(pairs[source]) == 1:
                    moves[code] = {target + code[len(source) :] for target in pairs[source]}
        into = [target for targets in pairs.values() for target in targets]
        new = {image for code, images in moves.items() for image in images if image != code}
        if new & self.became.keys() - (pairs.keys() & set(into)):
            return  # the registry refuses it: no code is used twice
        for code, (home, ended) in self.home.items():
            if not ended and home in moves and home not in moves[home]:
                [*images] = moves[home]
                is_single = len(images) == 1 and (home not in pairs or into.count(images[0]) == 1)
                self.home[code] = (images[0], False) if is_single else (home, True)
        for code, now in self.became.items():
            self.became[code] = {image for each in now for image in moves.get(each, {each})}
        self.in_force = {image for each in self.in_force for image in moves.get(each, {each})}
        self._record(pairs, into)
        for source, targets in pairs.items():
            if len(targets) > 1:
                self.split_at.setdefault(source, self.change_count)
        self._meet(self.in_force)

    def _meet(self, codes: set[str]) -> None:
        for code in codes:
            self.became.setdefault(code, {code})
            self.home.setdefault(code, (code, False))
            self.born_at.setdefault(code, self.change_count)

    def came_late(self, code: str) -> bool:
        """Return whether the code came with another region into one that had been split, and so was never named."""
        named = any(code in (each.from_code, each.to_code) for each in self.recorded)
        around = (at for region, at in self.split_at.items() if code.startswith(region) and code != region)
        return not named and any(at < self.born_at[code] for at in around)

    def _record(self, pairs: dict[str, list[str]], into: list[str]) -> None:
        self.change_count += 1
        change_id, on = UUID(int=self.change_count), FIRST_DAY + timedelta(days=self.change_count)
        self.recorded += [
            Succession(change_id, on, source, target, len(targets), into.count(target))
            for source, targets in pairs.items()
            for target in targets
        ]


def made_up(random: Random, change_count: int) -> History:
    """Return a history of up to so many changes."""
    history = History(random)
    for _ in range(change_count):
        history.change()
    return history
