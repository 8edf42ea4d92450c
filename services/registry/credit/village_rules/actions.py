"""Record which village adopted which text on which day, and when it ended (FJ-16)."""

from uuid import UUID

from services.registry.credit.village_rules.queries import get_rule
from services.registry.credit.village_rules.refusals import (
    LaterRulesInForce,
    RulesNeedVillage,
    VillageRuleEnded,
    VillageRuleUnknown,
)
from services.registry.credit.village_rules.schemas import VillageRuleIn, VillageRuleOut, VillageRuleTerminationIn
from services.registry.evidence import plain
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_VILLAGE = "SELECT level FROM region WHERE code = $1 FOR SHARE"
_IN_FORCE = "SELECT id, adopted_on FROM village_rule WHERE village_code = $1 AND ended_on IS NULL FOR UPDATE"
_REPLACE = """
UPDATE village_rule SET ended_on = $2, end_cause = 'replaced', end_reason = $3, ended_by = $4 WHERE id = $1
"""
_RECORD = """
INSERT INTO village_rule (id, village_code, title, content, evidence, adopted_on, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_LOCK = "SELECT village_code, adopted_on, recorded_by, ended_on FROM village_rule WHERE id = $1 FOR UPDATE"
_END = "UPDATE village_rule SET ended_on = $2, end_cause = $3, end_reason = $4, ended_by = $5 WHERE id = $1"

# Rules that a wrong record replaced hold on.
_REINSTATE = """
UPDATE village_rule SET ended_on = NULL, end_cause = NULL, end_reason = NULL, ended_by = NULL
WHERE village_code = $1 AND end_cause = 'replaced' AND ended_on = $2
"""


async def adopt_rules(conn: Connection, officer: Principal, body: VillageRuleIn) -> VillageRuleOut:
    """Record the rules that a village adopted; from that day they hold in the place of its earlier ones.

    Raises:
        OutsideRegion, RulesNeedVillage, LaterRulesInForce
    """
    officer.ensure_region(Right.VILLAGE_RULES_RECORD, body.village_code)
    if await conn.fetchval(_VILLAGE, body.village_code) != "village":
        raise RulesNeedVillage(body.village_code)
    former = await conn.fetchrow(_IN_FORCE, body.village_code)
    if former is not None:
        if former["adopted_on"] >= body.adopted_on:
            raise LaterRulesInForce(former["adopted_on"])
        await conn.execute(_REPLACE, former["id"], body.adopted_on, body.title, officer.subject)
    rule_id = new_id()
    content = (body.title, body.content, plain(body.evidence))
    await conn.execute(_RECORD, rule_id, body.village_code, *content, body.adopted_on, officer.subject)
    return await get_rule(conn, rule_id)


async def end_rules(
    conn: Connection, officer: Principal, rule_id: UUID, body: VillageRuleTerminationIn
) -> VillageRuleOut:
    """Enter that rules were repealed, or never held because they were recorded wrongly; by another officer.

    What a wrong record had replaced holds again.

    Raises:
        VillageRuleUnknown, VillageRuleEnded, MakerIsChecker, DateBeforeStep
    """
    rule = await conn.fetchrow(_LOCK, rule_id)
    scopes = tuple(officer.regions_for(Right.VILLAGE_RULES_END))
    if rule is None or not rule["village_code"].startswith(scopes):
        raise VillageRuleUnknown(rule_id)
    if rule["ended_on"] is not None:
        raise VillageRuleEnded(rule["ended_on"])
    if rule["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("ended_on", body.ended_on, "adopted_on", rule["adopted_on"])
    ended_on = rule["adopted_on"] if body.cause == "recorded_wrongly" else body.ended_on
    await conn.execute(_END, rule_id, ended_on, body.cause, body.reason, officer.subject)
    if body.cause == "recorded_wrongly":
        await conn.execute(_REINSTATE, rule["village_code"], rule["adopted_on"])
    return await get_rule(conn, rule_id)
