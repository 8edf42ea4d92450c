"""Record rents, sales and offers of posts (FJ-9c, FJ-9d)."""

from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import lock_agreement, stored_terms
from services.subsidy.agreements.rules.years import years_of
from services.subsidy.linkages.queries import get_statement, list_offers
from services.subsidy.linkages.refusals import (
    LeaseEntryTaken,
    LeaseEntryUnknown,
    NoSuchLease,
    PartnersFirst,
    SaleBelowFloor,
)
from services.subsidy.linkages.rules.lease import is_at_floor, partners_to_ask
from services.subsidy.linkages.schemas import (
    JobOfferIn,
    JobOffersOut,
    LeaseEntryIn,
    LeaseReversalIn,
    LeaseStatementOut,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO, yuan
from shared.policy.copies import find_current_pack

_BOOK: Final = """
INSERT INTO lease_entry (id, agreement_id, household_id, kind, year_number, weight_500g, price_per_500g, amount,
  booked_on, bank_reference, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id
"""
_ENTRY: Final = """
SELECT e.*, a.region_code FROM lease_entry e JOIN agreement a ON a.id = e.agreement_id
WHERE e.id = $1 AND e.reverses_id IS NULL AND a.region_code ^@ ANY ($2::text[])
"""
_REVERSE: Final = """
INSERT INTO lease_entry (id, agreement_id, household_id, kind, year_number, weight_500g, price_per_500g, amount,
  booked_on, bank_reference, reverses_id, recorded_by)
SELECT $2, agreement_id, household_id, kind, year_number, weight_500g, price_per_500g, -amount, $3, bank_reference,
  id, $4
FROM lease_entry WHERE id = $1 ON CONFLICT DO NOTHING RETURNING id
"""
_OFFERED: Final = """
SELECT household_id FROM job_offer WHERE agreement_id = $1 AND post = $2 AND household_id IS NOT NULL
"""
_OFFER: Final = """
INSERT INTO job_offer (id, agreement_id, post, household_id, accepted, offered_on, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def book_entry(conn: Connection, officer: Principal, agreement_id: UUID, body: LeaseEntryIn) -> LeaseStatementOut:
    """Record rent that a household paid, or crop bought from it at the floor price or above (FJ-9d).

    Raises:
        AgreementUnknown, AgreementStateWrong, NoSuchLease, DateBeforeStep, SaleBelowFloor, LeaseEntryTaken.
    """
    held = "in_force", "terminated"
    agreement = await lock_agreement(conn, officer, Right.DIVIDENDS_RECORD, agreement_id, *held)
    terms = await stored_terms(conn, agreement_id, agreement["version"])
    leased = {each.household_id for each in terms.shares if each.area_mu > 0}
    years = years_of(agreement["valid_from"], agreement["ended_on"] or agreement["valid_until"])
    if body.household_id not in leased or body.year_number > len(years):
        raise NoSuchLease(agreement_id)
    ensure_not_before("booked_on", body.booked_on, "valid_from", agreement["valid_from"])
    floor = terms.floor_price_per_500g or ZERO
    if body.price_per_500g is not None and not is_at_floor(body.price_per_500g, floor):
        raise SaleBelowFloor(body.price_per_500g, floor)
    amount = body.amount or yuan((body.weight_500g or ZERO) * (body.price_per_500g or ZERO))
    what = body.household_id, body.kind, body.year_number, body.weight_500g, body.price_per_500g, amount
    when = body.booked_on, body.bank_reference, officer.subject
    if await conn.fetchval(_BOOK, new_id(), agreement_id, *what, *when) is None:
        raise LeaseEntryTaken(body.bank_reference)
    return await get_statement(conn, [agreement["region_code"]], agreement_id, body.year_number)


async def reverse_entry(
    conn: Connection, officer: Principal, entry_id: UUID, body: LeaseReversalIn
) -> LeaseStatementOut:
    """Take a wrong entry back by a counter-entry.

    Raises:
        LeaseEntryUnknown, DateBeforeStep, LeaseEntryTaken.
    """
    row: Any = await conn.fetchrow(_ENTRY, entry_id, officer.regions_for(Right.DIVIDENDS_RECORD))
    if row is None:
        raise LeaseEntryUnknown(entry_id)
    ensure_not_before("reversed_on", body.reversed_on, "booked_on", row["booked_on"])
    if await conn.fetchval(_REVERSE, entry_id, new_id(), body.reversed_on, officer.subject) is None:
        raise LeaseEntryTaken(row["bank_reference"])
    return await get_statement(conn, [row["region_code"]], row["agreement_id"], row["year_number"])


async def offer_job(conn: Connection, officer: Principal, agreement_id: UUID, body: JobOfferIn) -> JobOffersOut:
    """Record a post that was offered; where the pack says so, to others only after all partners (FJ-9c).

    Raises:
        AgreementUnknown, AgreementStateWrong, DateBeforeStep, PartnersFirst.
    """
    agreement = await lock_agreement(conn, officer, Right.DIVIDENDS_RECORD, agreement_id, "in_force")
    ensure_not_before("offered_on", body.offered_on, "confirmed_on", agreement["confirmed_on"])
    terms = await stored_terms(conn, agreement_id, agreement["version"])
    found = await find_current_pack(conn, agreement["county_code"], body.offered_on)
    models = found.pack.linkage.models.value if found and found.pack.linkage else ()
    jobs_first = any(each.jobs_first for each in models if each.code == terms.linkage_model)
    if body.household_id is None and jobs_first:
        offered = [row["household_id"] for row in await conn.fetch(_OFFERED, agreement_id, body.post)]
        waiting = partners_to_ask([each.household_id for each in terms.shares], offered)
        if waiting:
            raise PartnersFirst(body.post, waiting)
    when = body.post, body.household_id, body.accepted, body.offered_on, officer.subject
    await conn.execute(_OFFER, new_id(), agreement_id, *when)
    return await list_offers(conn, [agreement["region_code"]], agreement_id)
