"""Official region codes: 2, 4, 6, 9 or 12 digits for province, prefecture, county, township, village.

A region's children share its code as prefix, so a scope is a prefix.
"""

from collections.abc import Iterable
from typing import Annotated, Final

from pydantic import StringConstraints

LEVEL_BY_LENGTH: Final = {2: "province", 4: "prefecture", 6: "county", 9: "township", 12: "village"}

# [0-9] throughout: \d would admit the digits of every script.
RegionCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")]
CountyCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
TownshipCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
VillageCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
# A scope: everything whose code begins so; the empty one is the whole country.
RegionPrefix = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})?$")]
# A county or a part of it: the rules are a county's.
CountyOrPart = Annotated[str, StringConstraints(pattern=r"^([0-9]{6}|[0-9]{9}|[0-9]{12})$")]


def county_of(code: str) -> str:
    """Return the six-digit county code a township or village code lies in."""
    return code[:6]


def township_of(code: str) -> str:
    """Return the nine-digit township code a village code lies in."""
    return code[:9]


def overlap(granted: Iterable[str], asked: Iterable[str]) -> list[str]:
    """Return the scopes that lie both in one of `granted` and in one of `asked`, each once, in order."""
    wanted = list(asked)
    pairs = [(one, other) for one in granted for other in wanted if one.startswith(other) or other.startswith(one)]
    return sorted({max(pair, key=len) for pair in pairs})


def is_within(code: str, scope: str) -> bool:
    """Return whether `code` is the region `scope` or lies below it; the empty scope is the whole country."""
    return code.startswith(scope)
