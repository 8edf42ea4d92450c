"""Named reads of the kept policies; the terms of a pack are built once and cached, since a pack never changes."""

from collections import OrderedDict
from datetime import date
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from shared.db import Connection
from shared.errors import Refused
from shared.policy import kept, terms
from shared.policy.kept import KeptPack
from shared.policy.vocabulary import RateBasis, RateColumn


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


class PackTerms(KeptPack):
    """One version of a county's pack and the plain terms its rules take, each built once."""

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


_built: OrderedDict[UUID, PackTerms] = OrderedDict()


def _terms(kept_pack: KeptPack) -> PackTerms:
    built = _built.get(kept_pack.pack_id)
    if built is None:
        built = PackTerms(
            kept_pack.pack_id,
            kept_pack.county_code,
            kept_pack.pack_version,
            kept_pack.effective_from,
            kept_pack.pack,
        )
        _built[kept_pack.pack_id] = built
        if len(_built) > kept.PACKS_CACHED:
            _built.popitem(last=False)
    return built


async def terms_for(conn: Connection, pack_id: UUID) -> PackTerms:
    """Return the terms of one pack version.

    Raises:
        PackNotKept: the pack is unknown here.
    """
    return _terms(await kept.pack_for(conn, pack_id))


async def current_pack(conn: Connection, county_code: str, on: date) -> PackTerms:
    """Return the pack in force in a county (or any region below it) on a day: the newest that has taken effect.

    Raises:
        PackMissing: none has.
    """
    return _terms(await kept.current_pack(conn, county_code, on))


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
