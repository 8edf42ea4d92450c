"""Which pack holds where: the one whose region lies closest around what is asked. Pure."""

from collections.abc import Iterable
from typing import TypeVar

from shared.regions import is_within

Pack = TypeVar("Pack")


def holding_in(region_code: str, held: Iterable[tuple[Pack, str]]) -> Pack | None:
    """Return the pack that holds in a region, of the (pack, region where it holds) in force on a day.

    The longest region that covers the one asked for wins, so a township's own pack goes before its county's. A county
    of which only one part has a pack has that pack; with packs for several parts and none for the whole, none is it.
    """
    rows = tuple(held)
    covering = [(len(region), pack) for pack, region in rows if is_within(region_code, region)]
    if covering:
        return max(covering, key=lambda each: each[0])[1]
    inside = {pack for pack, region in rows if is_within(region, region_code)}
    return inside.pop() if len(inside) == 1 else None
