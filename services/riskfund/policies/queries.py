"""Named reads of the kept packs; the terms of a pack are built once and cached, since a pack never changes."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from shared.db import Connection
from shared.errors import NotFound, Refused
from shared.policy import arrangements, terms
from shared.policy.pack import PolicyPack

PACKS_CACHED = 64  # versions of a few counties; a national installation still finds its busy ones here


class PackMissing(Refused):
    """No county pack is in force on that day."""

    code = "pack-missing"
    title = "没有生效的政策包 No policy pack in force"

    def __init__(self, region_code: str, on: date) -> None:
        super().__init__(
            f"No confirmed policy pack is in force in {region_code} on {on}; "
            "submit the county's pack, have it confirmed, and send the request again.",
            region_code=region_code,
            on=on.isoformat(),
        )


class PackNotKept(NotFound):
    """The pack's confirmation has not arrived here."""

    code = "pack-not-kept"

    def __init__(self, pack: str) -> None:
        super().__init__(f"Policy pack {pack} is not known here; wait until its confirmation has arrived.")


@dataclass(frozen=True)
class PackTerms:
    """One version of a county's pack and the plain terms its rules take."""

    pack_id: UUID
    county_code: str
    pack_version: int
    effective_from: date
    pack: PolicyPack

    @cached_property
    def fund_rule(self) -> terms.FundRule:
        """Return how far lending may go on the fund."""
        return self.pack.fund_rule()

    @cached_property
    def compensation_rule(self) -> terms.CompensationRule:
        """Return who carries a loss and when it may be claimed."""
        return self.pack.compensation_rule()

    @cached_property
    def insurance_rule(self) -> arrangements.InsuranceRule | None:
        """Return the insurance products in use, if any."""
        return self.pack.insurance_rule()


_cached: OrderedDict[UUID, PackTerms] = OrderedDict()


def _built(row: Any) -> PackTerms:
    return PackTerms(
        row["pack_id"],
        row["county_code"],
        row["pack_version"],
        row["effective_from"],
        PolicyPack.model_validate(row["content"]),
    )


async def terms_for(conn: Connection, pack_id: UUID) -> PackTerms:
    """Return the terms of one pack version.

    Raises:
        PackNotKept: the pack is unknown here.
    """
    known = _cached.get(pack_id)
    if known is None:
        row = await conn.fetchrow("SELECT * FROM policy_pack WHERE pack_id = $1", pack_id)
        if row is None:
            raise PackNotKept(str(pack_id))
        known = _cached[pack_id] = _built(row)
        if len(_cached) > PACKS_CACHED:
            _cached.popitem(last=False)
    _cached.move_to_end(pack_id)
    return known


async def terms_of_version(conn: Connection, county_code: str, pack_version: int) -> PackTerms:
    """Return the terms of the version that a contract is bound to.

    Raises:
        PackNotKept: the version is unknown here.
    """
    find = "SELECT pack_id FROM policy_pack WHERE county_code = $1 AND pack_version = $2"
    pack_id = await conn.fetchval(find, county_code, pack_version)
    if pack_id is None:
        raise PackNotKept(f"{county_code} version {pack_version}")
    return await terms_for(conn, pack_id)


_PACK_IN_FORCE = """
SELECT pack_id FROM policy_pack WHERE county_code = $1 AND effective_from <= $2
ORDER BY effective_from DESC, pack_version DESC LIMIT 1
"""


async def find_pack_in_force(conn: Connection, county_code: str, on: date) -> PackTerms | None:
    """Return the newest pack that has taken effect in a county by a day, or None."""
    pack_id = await conn.fetchval(_PACK_IN_FORCE, county_code, on)
    return None if pack_id is None else await terms_for(conn, pack_id)


async def get_pack_in_force(conn: Connection, county_code: str, on: date) -> PackTerms:
    """Return the newest pack that has taken effect in a county by a day.

    Raises:
        PackMissing: none has.
    """
    found = await find_pack_in_force(conn, county_code, on)
    if found is None:
        raise PackMissing(county_code, on)
    return found
