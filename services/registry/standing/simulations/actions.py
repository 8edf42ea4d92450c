"""Judge a period's applications again under another pack, and store what was found; nothing else changes."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from asyncpg import Record

from services.registry.credit.rating.queries import find_latest_final
from services.registry.policy.packs.queries import get_pack, pack_by_id
from services.registry.standing.eligibility.catalogue import NOT_OFFERED
from services.registry.standing.eligibility.fact_rows import facts_stored, loan_request_stored, stored
from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.rules.judging import reasons
from services.registry.standing.simulations import queries
from services.registry.standing.simulations.applications_sql import APPLICATIONS, FINDINGS, SCORED, SIMULATION
from services.registry.standing.simulations.refusals import PeriodEmpty, RegionOfAnotherCounty
from services.registry.standing.simulations.rules.comparison import Application, Comparison
from services.registry.standing.simulations.rules.rescoring import GradePair, Rescoring
from services.registry.standing.simulations.schemas import SimulationIn, SimulationOut
from shared.access import Principal, Right
from shared.db import Connection, in_pieces
from shared.ids import new_id
from shared.policy.household_facts import HouseholdFacts, LoanRequest
from shared.policy.pack import PolicyPack
from shared.regions import is_within
from shared.rules.reasons import Reason


async def simulate_pack(conn: Connection, officer: Principal, pack_id: UUID, body: SimulationIn) -> SimulationOut:
    """Say what a pack, confirmed or only submitted, would have changed for the applications of a period.

    Raises:
        PackUnknown: there is no such pack.
        PeriodEmpty, RegionOfAnotherCounty
        OutsideRegion: the officer has no such right there.
    """
    found = await get_pack(conn, pack_id)
    region_code = body.region_code or found.county_code
    if body.period_until <= body.period_from:
        raise PeriodEmpty(body.period_from, body.period_until)
    if not is_within(region_code, found.county_code):
        raise RegionOfAnotherCounty(region_code, found.county_code)
    officer.ensure_region(Right.PACKS_SIMULATE, region_code)
    pack = await pack_by_id(conn, pack_id)
    campaign = await find_latest_final(conn, found.county_code, body.period_until - timedelta(days=1))
    rescoring = await _rescoring(conn, pack, campaign)
    simulation_id, compared = new_id(), Comparison(pack.lending.amount_max.value)
    judge = _Judge(pack, rescoring, compared)
    period = (found.county_code, region_code, body.period_from, body.period_until)
    place = (list(pack.header.regions), pack.header.code, campaign and campaign["id"])
    async for changed in in_pieces(conn, APPLICATIONS, *period, *place, judged=judge.changed):
        await _store_findings(conn, simulation_id, changed)
    rescored = await _rescored(conn, campaign["id"], region_code, rescoring) if campaign and rescoring else None
    result = compared.result(rescored)
    await conn.execute(SIMULATION, simulation_id, pack_id, *period, result, officer.subject)
    return await queries.get_simulation(conn, officer, simulation_id)


class _Judge:
    """Judges applications by another pack's rules and adds them to a comparison."""

    def __init__(self, pack: PolicyPack, rescoring: Rescoring | None, compared: Comparison) -> None:
        self._rules = {each.code: rules_of(pack.for_product(each.code)) for each in pack.products_offered()}
        self._first, self._rescoring, self._compared = pack.product.code, rescoring, compared

    def changed(self, rows: Sequence[Record]) -> list[Application]:
        """Return the applications of a piece for which something changes."""
        judged = [self._application(row) for row in rows]
        for each in judged:
            self._compared.add(each)
        return [each for each in judged if each.change is not None]

    def _application(self, row: Record) -> Application:
        before, loan_request = facts_stored(row["facts"]), loan_request_stored(row["loan_request"])
        after = before
        if self._rescoring is not None and row["scored"] is not None:
            after = self._rescoring.rated(before, row["scored"], row["preliminary_grade"])
        return Application(
            question_id=row["id"],
            village_code=row["village_code"],
            amount=loan_request.amount,
            codes_before=tuple(reason["code"] for reason in row["reasons"]),
            credit_limit_before=before.rating.credit_limit if before.rating else None,
            reasons_after=self._reasons(after, loan_request, row["as_of"]),
            credit_limit_after=after.rating.credit_limit if after.rating else None,
        )

    def _reasons(self, after: HouseholdFacts, loan_request: LoanRequest, as_of: date) -> tuple[Reason, ...]:
        """Return the reasons under the product that was applied for, or that there is no such product any more."""
        asked = loan_request.product_code or self._first
        rules = self._rules.get(asked)
        if rules is None:
            zh = f"该政策包没有产品 {asked}，请改按其他产品申请。"
            en = f"The pack has no product {asked}; apply for another one."
            return (Reason(NOT_OFFERED.code, "", zh, en),)
        return reasons(after, loan_request, rules, as_of)


async def _store_findings(conn: Connection, simulation_id: UUID, changed: Sequence[Application]) -> None:
    rows = [
        {
            "question_id": each.question_id,
            "change": each.change,
            "credit_limit_before": each.credit_limit_before,
            "credit_limit_after": each.credit_limit_after,
            "reasons_after": stored(each.reasons_after),
        }
        for each in changed
    ]
    await conn.execute(FINDINGS, simulation_id, rows)


async def _rescoring(conn: Connection, pack: PolicyPack, campaign: Record | None) -> Rescoring | None:
    if campaign is None:
        return None
    return Rescoring((await pack_by_id(conn, campaign["pack_id"])).rating_scheme(), pack.rating_scheme())


async def _rescored(
    conn: Connection, campaign_id: UUID, region_code: str, rescoring: Rescoring
) -> dict[str, Any] | None:
    """Return what scoring the campaign's households again changes, None when it scored none."""

    def counted(rows: Sequence[Record]) -> Counter[GradePair]:
        return Counter((row["preliminary_grade"], rescoring.grade(row["scored"])) for row in rows)

    pairs: Counter[GradePair] = Counter()
    async for piece in in_pieces(conn, SCORED, campaign_id, region_code, judged=counted):
        pairs.update(piece)
    return {"campaign_id": str(campaign_id), **rescoring.result(pairs)} if pairs else None
