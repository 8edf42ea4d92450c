"""Where households without a grade live, so that as many villages and townships are credit areas as a document says.

A township or village is a credit area when enough of its households are credit households (ZJ-1). Townships that are
not to be one have villages with many ungraded households, spread evenly, and others with some.
"""

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from tools.demo.outline import Outline

IN_CREDIT_TOWNSHIP: Final = Decimal("0.02")  # ungraded households among those of a village
BESIDE_OTHER_VILLAGES: Final = Decimal("0.12")
NOTHING, WHOLE = Decimal(0), Decimal(1)


def ungraded_places(homes: Sequence[str], ungraded: int, outline: Outline) -> frozenset[int]:
    """Return the places in the list of homes, sorted by village, where the ungraded households stand."""
    shares = _shares(Counter(homes), ungraded, outline)
    step = sum((shares[village] for village in homes), NOTHING) / ungraded
    places: set[int] = set()
    reached, due = Decimal(0), step / 2
    for place, village in enumerate(homes):
        reached += shares[village]
        if due < reached and len(places) < ungraded:
            places.add(place)
            due += step
    rest = (place for place in range(len(homes) - 1, -1, -1) if place not in places)
    return frozenset(places | {next(rest) for _ in range(ungraded - len(places))})


def credit_areas(graded: Counter[str], households: Counter[str], digits: int, share_min: Decimal) -> tuple[int, int]:
    """Return how many villages (12 digits) or townships (9) there are, and how many of them are credit areas (ZJ-1)."""
    living, credit = Counter[str](), Counter[str]()
    for village, count in households.items():
        living[village[:digits]] += count
        credit[village[:digits]] += graded[village]
    return len(living), sum(credit[area] >= share_min * count for area, count in living.items())


def _shares(households: Counter[str], ungraded: int, outline: Outline) -> dict[str, Decimal]:
    """Return each village's share of ungraded households; those of the villages that are no credit villages add up."""
    weak = _other_villages(sorted(households), outline)
    weak_townships = {village[:9] for village in weak}
    shares = {
        village: BESIDE_OTHER_VILLAGES if village[:9] in weak_townships else IN_CREDIT_TOWNSHIP
        for village in households
        if village not in weak
    }
    elsewhere = sum((shares[village] * households[village] for village in shares), NOTHING)
    living = sum(households[village] for village in weak)
    left = max(WHOLE / 100, min(WHOLE, (ungraded - elsewhere) / max(living, 1)))
    return shares | dict.fromkeys(weak, left)


def _other_villages(villages: Sequence[str], outline: Outline) -> set[str]:
    """Return the villages that are not to be credit villages: every so many of each township that is not to be one."""
    townships = sorted({village[:9] for village in villages})
    full = outline.townships or len(townships)
    credit = _nearest(Decimal(len(townships) * (outline.credit_townships or full)) / full)
    among = [village for village in villages if village[:9] in set(townships[credit:])]
    wanted = _nearest(len(villages) * (WHOLE - outline.credit_village_share))
    chosen = [(place * wanted) // len(among) != ((place + 1) * wanted) // len(among) for place in range(len(among))]
    return {village for village, is_chosen in zip(among, chosen, strict=True) if is_chosen}


def _nearest(count: Decimal) -> int:
    return int(count.to_integral_value(ROUND_HALF_UP))
