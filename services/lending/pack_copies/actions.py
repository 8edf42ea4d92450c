"""Keep what other services have decided: reference rates, cuts of village quotas and their end. Each is kept once."""

from collections.abc import Sequence
from decimal import Decimal

from shared.db import Connection
from shared.events.received import Received
from shared.events.registry import VillageQuotaCut, VillageQuotaRestored
from shared.events.subsidy import ReferenceRatePublished

_STORE_RATES = """
INSERT INTO reference_rate (rate_id, basis, effective_from, revision, up_to_1y, over_1y_to_5y, over_5y)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[], $4::int[], $5::numeric[], $6::numeric[], $7::numeric[])
ON CONFLICT (rate_id) DO NOTHING
"""


# What is published comes before or after a contract that takes a rate, never amid it: each sees what the other left.
_PUBLISHING = "SELECT pg_advisory_xact_lock(hashtextextended('reference-rates', 0))"
_TAKING = "SELECT pg_advisory_xact_lock_shared(hashtextextended('reference-rates', 0))"


async def hold_publications(conn: Connection) -> None:
    """Let nothing be published until contracts have taken their rates; called before anything else is locked."""
    await conn.execute(_TAKING)


async def replicate_reference_rates(conn: Connection, received: Sequence[Received[ReferenceRatePublished]]) -> None:
    """Keep published reference rates, once contracts that are taking theirs have them; no other takes one meanwhile."""
    await conn.execute(_PUBLISHING)
    rates = [message.event for message in received]
    await conn.execute(
        _STORE_RATES,
        [rate.rate_id for rate in rates],
        [rate.basis for rate in rates],
        [rate.effective_from for rate in rates],
        [rate.revision for rate in rates],
        [rate.up_to_1y for rate in rates],
        [rate.over_1y_to_5y for rate in rates],
        [rate.over_5y for rate in rates],
    )


# What the village owes and has applied for, on the day its cut arrives, is what the cut is taken off (FJ-12).
_STORE_CUTS = """
INSERT INTO village_quota_cut (loan_id, village_code, cut_share, effective_on, amount_when_cut)
SELECT cut.loan_id, cut.village_code, cut.cut_share, cut.effective_on,
       (SELECT coalesce(sum(amount), 0) FROM application a
        WHERE a.village_code = cut.village_code AND a.state NOT IN ('disbursed', 'refused', 'withdrawn'))
       + (SELECT coalesce(sum(principal_outstanding + principal_compensated - principal_recovered), 0)
          FROM loan l WHERE l.village_code = cut.village_code)
FROM unnest($1::uuid[], $2::text[], $3::numeric[], $4::date[]) AS cut (loan_id, village_code, cut_share, effective_on)
ON CONFLICT (loan_id) DO NOTHING
"""


async def store_quota_cuts(conn: Connection, received: Sequence[Received[VillageQuotaCut]]) -> None:
    """Keep cuts of village quotas, each with what the village owed and had applied for when it arrived (FJ-12)."""
    cuts = [message.event for message in received]
    await conn.execute(
        _STORE_CUTS,
        [cut.loan_id for cut in cuts],
        [cut.village_code for cut in cuts],
        [Decimal(cut.cut_share) for cut in cuts],
        [cut.effective_on for cut in cuts],
    )


_STORE_RESTORED = """
INSERT INTO village_quota_restored (loan_id, village_code, effective_on)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[])
ON CONFLICT (loan_id) DO NOTHING
"""


async def store_quota_restorations(conn: Connection, received: Sequence[Received[VillageQuotaRestored]]) -> None:
    """Keep which cuts were taken back; a cut that arrives after its end never counts from that day on (FJ-12)."""
    ended = [message.event for message in received]
    await conn.execute(
        _STORE_RESTORED,
        [each.loan_id for each in ended],
        [each.village_code for each in ended],
        [each.effective_on for each in ended],
    )
