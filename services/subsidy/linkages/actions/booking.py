"""Record rents, sales and offers of posts (FJ-9c, FJ-9d)."""

from typing import Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import lock_agreement, stored_terms
from services.subsidy.agreements.rules.years import years_of
from services.subsidy.linkages.queries import get_statement, list_offers
from services.subsidy.linkages.refusals import (
    LeaseEntryTaken,
    NoSuchLease,
    PartnersFirst,
    SaleBelowFloor,
    ServiceNotPromised,
)
from services.subsidy.linkages.rules.lease import is_at_floor, partners_to_ask
from services.subsidy.linkages.schemas import (
    JobOfferIn,
    JobOffersOut,
    LeaseEntryIn,
    LeaseServiceIn,
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
  booked_on, bank_reference, recorded_by, booking)
SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, (SELECT count(*) + 1 FROM lease_entry r
  WHERE r.agreement_id = $2 AND r.bank_reference = $10 AND r.reverses_id IS NOT NULL)
WHERE NOT EXISTS (SELECT FROM lease_entry e
  WHERE e.agreement_id = $2 AND e.bank_reference = $10 AND e.reverses_id IS NULL
    AND NOT EXISTS (SELECT FROM lease_entry b WHERE b.reverses_id = e.id)) RETURNING id
"""
_SERVE: Final = """
INSERT INTO lease_service (id, agreement_id, year_number, service, what, document, served_on, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
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


async def record_service(
    conn: Connection, officer: Principal, agreement_id: UUID, body: LeaseServiceIn
) -> LeaseStatementOut:
    """Record what the company did in a year for the households that lease from it (FJ-9d(b)).

    Raises:
        AgreementUnknown, AgreementStateWrong, ServiceNotPromised, DateBeforeStep.
    """
    held = "in_force", "terminated"
    agreement = await lock_agreement(conn, officer, Right.DIVIDENDS_RECORD, agreement_id, *held)
    terms = await stored_terms(conn, agreement_id, agreement["version"])
    years = years_of(agreement["valid_from"], agreement["ended_on"] or agreement["valid_until"])
    if body.service not in terms.lease_services or body.year_number > len(years):
        raise ServiceNotPromised(body.service, body.year_number)
    year = years[body.year_number - 1]
    ensure_not_before("served_on", body.served_on, "year_from", year.first_on)
    ensure_not_before("year_until", year.until, "served_on", body.served_on)
    what = body.year_number, body.service, body.what, body.document, body.served_on
    await conn.execute(_SERVE, new_id(), agreement_id, *what, officer.subject)
    return await get_statement(conn, [agreement["region_code"]], agreement_id, body.year_number)


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
