"""How near a branch is to a village, by the administrative tree (就近, SX-2). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.regions import county_of, township_of


class Nearness(StrEnum):
    """What a branch and a village have in common."""

    VILLAGE = "village"  # 本村
    TOWNSHIP = "township"  # 本乡镇
    COUNTY = "county"  # 本县


RANK = {nearness: place for place, nearness in enumerate(Nearness, start=1)}


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch of a bank and the township or village it stands in."""

    id: UUID
    bank_code: str
    code: str
    region_code: str


def nearness(region_code: str, village_code: str) -> Nearness | None:
    """Return what a branch in a township or village and a village have in common; None beyond the county."""
    if region_code == village_code:
        return Nearness.VILLAGE
    if township_of(region_code) == township_of(village_code):
        return Nearness.TOWNSHIP
    return Nearness.COUNTY if county_of(region_code) == county_of(village_code) else None


def nearest(branches: Iterable[Branch], village_code: str) -> Branch | None:
    """Return the branch nearest to a village, of equally near ones the first by codes; None beyond the county."""
    ranked = [
        (RANK[found], branch.bank_code, branch.code, branch)
        for branch in branches
        if (found := nearness(branch.region_code, village_code)) is not None
    ]
    return min(ranked, key=lambda entry: entry[:3])[3] if ranked else None
