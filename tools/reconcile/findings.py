"""What a check has compared and where it found something else; values are ids, amounts, dates and states only."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tools.reconcile.databases import Snapshot

LISTED = 50  # differences kept in full per check; beyond them only the number grows
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it must be."""

    key: str
    what: str
    expected: str
    found: str


@dataclass
class Findings:
    """Counts comparisons and keeps the differences of one check."""

    compared: int = 0
    differing: int = 0
    listed: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def differ(self, key: object, what: str, expected: object, found: object) -> None:
        """Note one difference."""
        self.differing += 1
        if len(self.listed) < LISTED:
            self.listed.append(Difference(str(key), what, _shown(expected), _shown(found)))

    def equal(self, key: object, what: str, expected: object, found: object) -> None:
        """Compare two values."""
        self.compared += 1
        if expected != found:
            self.differ(key, what, expected, found)

    def holds(self, key: object, what: str, is_so: bool, expected: object, found: object) -> None:
        """Compare by a rule that the caller has already decided."""
        self.compared += 1
        if not is_so:
            self.differ(key, what, expected, found)

    def same_maps(
        self,
        what: str,
        expected: Mapping[Any, object],
        found: Mapping[Any, object],
        passing: Collection[object] = (),
    ) -> None:
        """Compare values by key; a key that one side lacks is a difference, one that is `passing` is left out."""
        keys = (expected.keys() | found.keys()) - set(passing)
        self.compared += len(keys)
        for key in _sorted(key for key in keys if expected.get(key) != found.get(key)):
            self.differ(key, what, expected.get(key), found.get(key))

    async def sql(self, snapshot: Snapshot, compared: str, *arguments: object) -> None:
        """Compare in the database: `compared` selects `key, what, expected, found`; only what differs is fetched."""
        source = f"FROM ({compared}) AS c (key, what, expected, found)"
        differs = "expected IS DISTINCT FROM found"
        ((count, differing),) = await snapshot.rows(
            f"SELECT count(*), count(*) FILTER (WHERE {differs}) {source}", *arguments
        )
        self.compared += count
        self.differing += differing
        if not differing:
            return
        shown = f"SELECT key::text, what, expected::text, found::text {source} WHERE {differs} LIMIT {LISTED}"
        for key, what, expected, found in (await snapshot.rows(shown, *arguments))[: LISTED - len(self.listed)]:
            self.listed.append(Difference(key or NOTHING, what, _shown(expected), _shown(found)))


def _sorted(keys: Iterable[object]) -> list[object]:
    return sorted(keys, key=str)


def _shown(value: object) -> str:
    return NOTHING if value is None else str(value)
