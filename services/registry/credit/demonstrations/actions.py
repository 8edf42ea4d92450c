"""Choose a year's demonstration villages and households: one officer proposes, another decides (FJ-10)."""

from uuid import UUID

from services.registry.credit.demonstrations import queries
from services.registry.credit.demonstrations.ranking_sql import (
    COUNT_HOUSEHOLDS,
    COUNT_VILLAGES,
    HOUSEHOLD_CRITERIA,
    VILLAGE_CRITERIA,
    choose_households,
    choose_villages,
)
from services.registry.credit.demonstrations.refusals import (
    DemonstrationDecided,
    DemonstrationExists,
    DemonstrationUnknown,
    NoDemonstrationRule,
    NothingFinalYet,
    RejectionNeedsReason,
)
from services.registry.credit.demonstrations.schemas import ChoiceIn, ChoiceOut, DecisionIn
from services.registry.credit.rating.queries import find_latest_final
from services.registry.policy.packs.queries import get_pack_in_force
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_PROPOSE = """
INSERT INTO demonstration_choice
  (id, county_code, year, as_of, pack_id, campaign_id, village_criteria, household_criteria, villages_requested,
   villages_available, households_requested, households_available, state, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'proposed', $13)
ON CONFLICT (county_code, year) WHERE state <> 'rejected' DO NOTHING RETURNING id
"""
_LOCK = "SELECT county_code, state, proposed_by FROM demonstration_choice WHERE id = $1 FOR UPDATE"
_DECIDE = """
UPDATE demonstration_choice SET state = $2, decided_by = $3, decided_on = $4, decision_reason = $5
WHERE id = $1 AND state = 'proposed'
"""


async def propose_demonstrations(conn: Connection, officer: Principal, body: ChoiceIn) -> ChoiceOut:
    """Rank the county's credit villages and rated households as of a day and store the best as the year's proposal.

    Where there are fewer than the pack wants, all of them are taken and the answer says so.

    Raises:
        OutsideRegion, NoPackInForce, NoDemonstrationRule, NothingFinalYet, DemonstrationExists
    """
    officer.ensure_region(Right.DEMONSTRATIONS_PROPOSE, body.county_code)
    found = await get_pack_in_force(conn, body.county_code, body.as_of)
    scheme = found.pack.rating_scheme()
    villages, households = scheme.demonstration_villages_per_year, scheme.demonstration_households_per_year
    if villages is None and households is None:
        raise NoDemonstrationRule(body.county_code)
    campaign = await find_latest_final(conn, body.county_code, body.as_of)
    if campaign is None:
        raise NothingFinalYet(body.county_code, body.as_of)
    campaign_id: UUID = campaign["id"]
    of_villages = scheme.demonstration_village_criteria or VILLAGE_CRITERIA
    of_households = scheme.demonstration_household_criteria or HOUSEHOLD_CRITERIA
    choice_id = await conn.fetchval(
        _PROPOSE,
        new_id(),
        body.county_code,
        body.year,
        body.as_of,
        found.pack_id,
        campaign_id,
        list(of_villages),
        list(of_households),
        villages or 0,
        await conn.fetchval(COUNT_VILLAGES, campaign_id, body.as_of),
        households or 0,
        await conn.fetchval(COUNT_HOUSEHOLDS, campaign_id, body.as_of, body.county_code),
        officer.subject,
    )
    if choice_id is None:
        raise DemonstrationExists(body.county_code, body.year)
    await conn.execute(choose_villages(of_villages), campaign_id, body.as_of, choice_id, villages or 0)
    await conn.execute(
        choose_households(of_households), campaign_id, body.as_of, body.county_code, choice_id, households or 0
    )
    return await queries.get_choice(conn, choice_id)


async def decide_demonstrations(conn: Connection, officer: Principal, choice_id: UUID, body: DecisionIn) -> ChoiceOut:
    """Confirm or reject a proposal; never by the officer who proposed it.

    Raises:
        DemonstrationUnknown, DemonstrationDecided, MakerIsChecker, RejectionNeedsReason
    """
    choice = await conn.fetchrow(_LOCK, choice_id)
    scopes = officer.regions_for(Right.DEMONSTRATIONS_DECIDE)
    if choice is None or not any(choice["county_code"].startswith(scope) for scope in scopes):
        raise DemonstrationUnknown(choice_id)
    if choice["state"] != "proposed":
        raise DemonstrationDecided(choice["state"])
    if choice["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    rejected = body.decision == "reject"
    if rejected and body.reason is None:
        raise RejectionNeedsReason
    state, reason = ("rejected", body.reason) if rejected else ("confirmed", None)
    await conn.execute(_DECIDE, choice_id, state, officer.subject, body.decided_on, reason)
    return await queries.get_choice(conn, choice_id)
