"""Named reads of the kept policies; the terms of a pack are built once and cached, since a pack never changes."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from shared.db import Connection
from shared.errors import NotFound, Refused
from shared.policy import terms
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import RateBasis, RateColumn

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

    def __init__(self, pack_id: UUID) -> None:
        super().__init__(f"Policy pack {pack_id} is not known here; wait until its confirmation has arrived.")


class ReferenceRateMissing(Refused):
    """The series has no published rate for that day."""

    code = "reference-rate-missing"
    title = "没有公布的基准利率 No published reference rate"

    def __init__(self, basis: str, on: date, column: str) -> None:
        super().__init__(
            f"No rate of {basis} ({column}) published on or before {on} is known; "
            "publish the reference rate and send the request again.",
            basis=basis,
            on=on.isoformat(),
            column=column,
        )


@dataclass(frozen=True)
class PackTerms:
    """One version of a county's pack and the plain terms its rules take."""

    pack_id: UUID
    county_code: str
    pack_version: int
    effective_from: date
    pack: PolicyPack

    @cached_property
    def loan_terms(self) -> terms.LoanTerms:
        """Return what a contract is bound to."""
        return self.pack.loan_terms()

    @cached_property
    def approval_chain(self) -> terms.ApprovalChain:
        """Return the way from the village to the money."""
        return self.pack.approval_chain()

    @cached_property
    def publicity_rule(self) -> terms.PublicityRule:
        """Return where and how long applications are public."""
        return self.pack.publicity_rule()

    @cached_property
    def purpose_rule(self) -> terms.PurposeRule:
        """Return what the money may be used for."""
        return self.pack.purpose_rule()

    @cached_property
    def fund_rule(self) -> terms.FundRule:
        """Return how far lending may go on the fund."""
        return self.pack.fund_rule()

    @cached_property
    def list_rule(self) -> terms.ListRule:
        """Return when a borrower is listed and what that does."""
        return self.pack.list_rule()

    @cached_property
    def compensation_rule(self) -> terms.CompensationRule:
        """Return who carries a loss and when it may be claimed."""
        return self.pack.compensation_rule()


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
            raise PackNotKept(pack_id)
        known = _cached[pack_id] = _built(row)
        if len(_cached) > PACKS_CACHED:
            _cached.popitem(last=False)
    _cached.move_to_end(pack_id)
    return known


_CURRENT_PACK = """
SELECT pack_id FROM policy_pack WHERE $1 ^@ county_code AND effective_from <= $2
ORDER BY length(county_code) DESC, effective_from DESC, pack_version DESC LIMIT 1
"""


async def current_pack(conn: Connection, county_code: str, on: date) -> PackTerms:
    """Return the pack in force in a county (or any region below it) on a day: the newest that has taken effect.

    Raises:
        PackMissing: none has.
    """
    pack_id = await conn.fetchval(_CURRENT_PACK, county_code, on)
    if pack_id is None:
        raise PackMissing(county_code, on)
    return await terms_for(conn, pack_id)


_RATES = """
SELECT up_to_1y, over_1y_to_5y, over_5y FROM reference_rate WHERE basis = $1 AND effective_from <= $2
ORDER BY effective_from DESC, rate_id DESC LIMIT 1
"""


async def reference_rate(conn: Connection, basis: RateBasis, on: date, column: RateColumn) -> Decimal:
    """Return the published rate in force on a day, in percent a year.

    Raises:
        ReferenceRateMissing: nothing was published by then, or not for this tenor.
    """
    row = await conn.fetchrow(_RATES, str(basis), on)
    rate: Decimal | None = row[str(column)] if row else None
    if rate is None:
        raise ReferenceRateMissing(basis, on, column)
    return rate
