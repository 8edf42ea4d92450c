"""Open a visit: record at the registry what was collected, and keep the loan that the household asks for (DY-4)."""

import hashlib
from typing import Final
from uuid import UUID

from services.lending.applications.actions.filing import COUNTY_DIGITS
from services.lending.applications.refusals import HouseholdUnknown
from services.lending.applications.rules.consent import ensure_consent
from services.lending.applications.schemas.applications import ApplicationIn
from services.lending.clients import Household, ask_households
from services.lending.visits import queries
from services.lending.visits.refusals import VisitNotOpen, VisitOpen, VisitsDoNotRate, VisitUnknown
from services.lending.visits.schemas import VisitIn, VisitOut, VisitWithdrawalIn
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.offices import Step, acting_for
from shared.policy.copies import current_pack
from shared.policy.in_force import ConfirmedPack
from shared.regions import county_of
from shared.scope import scope_of
from shared.web.writes import Writer

_OPEN: Final = """
INSERT INTO visit (id, household_id, household_number, village_code, bank_code, product_code, visited_on, answers,
  loan_request, opened_by, opened_as)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (household_id) WHERE state = 'open' DO NOTHING RETURNING id
"""
_WAITING: Final = "SELECT id FROM visit WHERE household_id = $1 AND state = 'open'"
_LOCK: Final = "SELECT * FROM visit WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR UPDATE"
_WITHDRAW: Final = """
UPDATE visit SET state = 'withdrawn', withdrawn_on = $2, withdrawn_by = $3, withdrawal_reason = $4 WHERE id = $1
"""


async def record_collected(registry: PeerClient, write: Writer, body: VisitIn) -> Household | None:
    """Record at the registry, in the officer's own name, what the visit collected; None when it was answered before.

    What fails afterwards is healed by sending the same request again: the registry knows the survey by its key.

    Raises:
        HouseholdUnknown, NoPackInForce, VisitsDoNotRate, OtherOffice, ConsentMissing: nothing was recorded.
        PeerRefused: the registry refused what was collected, or the officer may not record it.
        PeerUnavailable: registry did not answer in time.
    """
    if await write.is_answered():
        return None
    household = await _household(registry, write.caller, body)
    async with write.database.connection() as conn:
        await _may_open(conn, write.caller, household, body)
    survey = {
        "household_id": str(household.household_id),
        "collected_on": body.visited_on.isoformat(),
        "answers": body.answers,
        **({"group_name": body.group_name} if body.group_name else {}),
    }
    key = hashlib.sha256(f"{write.caller.subject}/{write.key}/visit".encode()).hexdigest()
    await registry.post("/api/v1/credit-surveys", {"surveys": [survey]}, key, write.caller)
    return household


async def open_visit(conn: Connection, officer: Principal, body: VisitIn, household: Household | None) -> VisitOut:
    """Keep a visit whose survey the registry has: the bank grants it next (DY-4).

    Raises:
        NoPackInForce, VisitsDoNotRate, OtherOffice, ConsentMissing, VisitOpen.
    """
    assert household is not None
    pack, office = await _may_open(conn, officer, household, body)
    loan_request = _loan_request(body, household.household_id)
    whose = (household.household_id, household.household_number, household.village_code)
    asked = (body.bank_code, pack.product_code, body.visited_on, body.answers, loan_request)
    visit_id = await conn.fetchval(_OPEN, new_id(), *whose, *asked, officer.subject, office)
    if visit_id is None:
        raise VisitOpen(await conn.fetchval(_WAITING, household.household_id))
    return await queries.get_visit(conn, scope_of(officer, Right.APPLICATIONS_FILE), visit_id)


async def withdraw_visit(conn: Connection, officer: Principal, visit_id: UUID, body: VisitWithdrawalIn) -> VisitOut:
    """End a visit of which nothing comes; what was collected stays with the registry.

    Raises:
        VisitUnknown, VisitNotOpen, DateBeforeStep.
    """
    found = await conn.fetchrow(_LOCK, visit_id, officer.regions_for(Right.APPLICATIONS_FILE))
    if found is None:
        raise VisitUnknown(visit_id)
    if found["state"] != "open":
        raise VisitNotOpen(found["state"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "visited_on", found["visited_on"])
    await conn.execute(_WITHDRAW, visit_id, body.withdrawn_on, officer.subject, body.reason)
    return await queries.get_visit(conn, scope_of(officer, Right.APPLICATIONS_FILE), visit_id)


async def _household(registry: PeerClient, officer: Principal, body: VisitIn) -> Household:
    regions = officer.regions_for(Right.APPLICATIONS_FILE)
    counties = {county_of(region) for region in regions}
    only = next(iter(counties)) if len(counties) == 1 else ""
    name = body.household_number or str(body.household_id)
    named = {"household_number" if body.household_number else "household_id": name}
    county = only if len(only) == COUNTY_DIGITS else None
    (found,) = await ask_households(registry, county, regions, [named])
    if found is None:
        raise HouseholdUnknown([name])
    return found


async def _may_open(
    conn: Connection, officer: Principal, household: Household, body: VisitIn
) -> tuple[ConfirmedPack, str]:
    """Return the pack of the visit and the office in whose name its officer reviews what was collected (ZJ-1)."""
    pack = (await current_pack(conn, household.village_code, body.visited_on)).product(body.product_code)
    if not pack.pack.rating_scheme().at_visit:
        raise VisitsDoNotRate(household.village_code)
    office = acting_for(officer, Step.RATING_REVIEW, household.village_code, pack.pack)
    if pack.approval_chain.consent_required:
        ensure_consent({household.household_number: body.statement.consented_on}, body.visited_on)
    return pack, str(office)


def _loan_request(body: VisitIn, household_id: UUID) -> dict[str, object]:
    """Return the application as it will be filed, without its day."""
    shared = set(ApplicationIn.model_fields) - {"filed_on", "household_number", "household_id"}
    asked = body.model_dump(mode="json", include=shared, exclude_none=True)
    return {**asked, "household_id": str(household_id)}
