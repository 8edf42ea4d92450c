"""Which regions an officer's grants reach after official codes have changed. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from services.gateway.regions.rules.lineage import Lineage
from shared.access import Grant, Role
from shared.regions import LEVEL_BY_LENGTH, is_within

# What a token may hold of grants: with its other claims and signature it stays below `shared.tokens.LONGEST_TOKEN`.
GRANTS_ROOM_BYTES: Final = 23_000


@dataclass(frozen=True, slots=True)
class Widened:
    """The grants as they were given, then those added; `left_out` found no room in a token."""

    grants: tuple[Grant, ...]
    left_out: tuple[Grant, ...]


def widened(grants: Sequence[Grant], lineage: Lineage) -> Widened:
    """Return the grants, what each region became one to one, and the earlier codes that now lie wholly within (SX-7).

    A code within another of the same role is omitted; granted regions always stay. Where a token does not hold all,
    present regions come before earlier ones, and wide ones before narrow ones.
    """
    homes = {Grant(each.role, lineage.home_of(each.region).code) for each in grants}
    earlier = {Grant(each.role, code) for each in grants for code in lineage.covered_by(each.region)} - homes
    held = {(each.role, each.region) for each in grants}
    added: dict[Grant, None] = {}
    for each in sorted(homes | earlier, key=_wide_first):
        if not _is_held(each, held):
            held.add((each.role, each.region))
            added[each] = None
    room_bytes = GRANTS_ROOM_BYTES - sum(map(_bytes, grants))
    present_first = sorted(added, key=lambda each: each in earlier)
    fitting = _fitting(present_first, room_bytes)
    return Widened((*grants, *present_first[:fitting]), tuple(present_first[fitting:]))


def is_decided(successors: Iterable[str], others: Iterable[str], lineage: Lineage) -> bool:
    """Return whether other grants of the role reach into a successor, so that people have decided who takes over."""
    homes = [lineage.home_of(other).code for other in others]
    return any(is_within(each, home) or is_within(home, each) for each in successors for home in homes)


def _wide_first(grant: Grant) -> tuple[int, str, str]:
    return len(grant.region), grant.region, grant.role


def _is_held(grant: Grant, held: set[tuple[Role, str]]) -> bool:
    return any((grant.role, grant.region[:length]) in held for length in (0, *LEVEL_BY_LENGTH))


def _bytes(grant: Grant) -> int:
    return len(f'["{grant.role}","{grant.region}"],')


def _fitting(grants: Sequence[Grant], room_bytes: int) -> int:
    for count, grant in enumerate(grants):
        room_bytes -= _bytes(grant)
        if room_bytes < 0:
            return count
    return len(grants)
