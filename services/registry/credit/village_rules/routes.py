"""Village rules over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import EndVillageRules, ReadVillageRules, RecordVillageRules
from services.registry.credit.village_rules import actions, queries
from services.registry.credit.village_rules.schemas import (
    VillageRuleCoverage,
    VillageRuleIn,
    VillageRuleOut,
    VillageRuleTerminationIn,
)
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["村规民约 Village rules"])


@router.post("/village-rules", status_code=201, response_model=VillageRuleOut)
async def adopt_village_rules(body: VillageRuleIn, officer: RecordVillageRules, write: Write) -> Response:
    """Record the rules with credit duties that a village adopted, with text and proof (FJ-16)."""
    return await write(lambda tx: actions.adopt_rules(tx, officer, body))


@router.get("/village-rules", status_code=200, response_model=PageOf[VillageRuleOut])
async def list_village_rules(
    officer: ReadVillageRules, conn: Read, page: Page, region_code: RegionCode, as_of: Day | None = None
) -> Any:
    """List village rules; those in force on a day, or every record when no day is named."""
    found = await queries.list_rules(
        conn, officer, region=region_code, as_of=as_of, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.get("/village-rules/coverage", status_code=200, response_model=VillageRuleCoverage)
async def show_village_rule_coverage(
    officer: ReadVillageRules, conn: Read, today: Today, region_code: RegionCode, as_of: Day | None = None
) -> VillageRuleCoverage:
    """Show how many villages have such rules on a day, and which have none."""
    return await queries.coverage(conn, officer, region_code, as_of or today)


@router.post("/village-rules/{rule_id}/terminations", status_code=201, response_model=VillageRuleOut)
async def end_village_rules(
    rule_id: UUID, body: VillageRuleTerminationIn, officer: EndVillageRules, write: Write
) -> Response:
    """Enter that rules were repealed or recorded wrongly, with the reason; another officer than who recorded them."""
    return await write(lambda tx: actions.end_rules(tx, officer, rule_id, body))
