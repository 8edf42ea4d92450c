"""The preliminary scores of a campaign: facts fetched and scores stored set by set, judged by the rule (ZJ-1)."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from services.registry.credit.rating import queries
from services.registry.credit.rating.actions.campaigns import campaign_rules, ensure_state, locked_campaign
from services.registry.credit.rating.household_queries import FACTS
from services.registry.credit.rating.refusals import WrongCampaignState
from services.registry.credit.rating.rules.scoring import answers_of, grade_of, score
from services.registry.credit.rating.schemas import CampaignOut, ScoringIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection, in_pieces

_REVIEWED: Final = "SELECT EXISTS (SELECT FROM rating_review WHERE campaign_id = $1)"
_CLEAR: Final = "DELETE FROM rating_score WHERE campaign_id = $1"
_SURVEYED: Final = f"""
{FACTS} WHERE h.county_code = $1 AND coalesce(h.ended_on > $2::date, true) AND s.answers IS NOT NULL
"""
_STORE: Final = """
INSERT INTO rating_score
  (campaign_id, household_id, village_code, group_name, collected_on, facts, score, preliminary_grade, grade)
SELECT $1, id, village_code, group_name, collected_on, facts, score, grade, grade
FROM jsonb_to_recordset($2::jsonb) AS r (id uuid, village_code text, group_name text, collected_on date, facts jsonb,
  score numeric, grade text)
"""
_SCORED: Final = "UPDATE rating_campaign SET state = 'scored', facts_as_of = $2 WHERE id = $1"


async def score_campaign(
    conn: Connection, officer: Principal, campaign_id: UUID, body: ScoringIn | None = None
) -> CampaignOut:
    """Compute the preliminary score and grade of every household of the county that was surveyed by the day.

    The day is the campaign's own, or a later one that is named; what was collected after it does not count, so that
    the score of a day can be computed again at any time. It may be repeated until a group has reviewed; then the
    scores stand.

    Raises:
        CampaignUnknown, WrongCampaignState, DateBeforeStep
    """
    campaign = await locked_campaign(conn, officer, Right.RATINGS_SCORE, campaign_id)
    if await conn.fetchval(_REVIEWED, campaign_id):
        raise WrongCampaignState("reviewed", ["opened", "scored"], "scores")
    ensure_state(campaign, "scores", "opened", "scored")
    day = (body.facts_as_of if body else None) or campaign["as_of"]
    ensure_not_before("facts_as_of", day, "as_of", campaign["as_of"])
    _, scheme = await campaign_rules(conn, campaign)

    def scored(rows: Sequence[Record]) -> list[dict[str, Any]]:
        totals = [score(answers_of(row["facts"]), scheme).total for row in rows]
        grades = [grade_of(total, scheme) for total in totals]
        return [
            {**row, "score": total, "grade": grade and grade.code}
            for row, total, grade in zip(rows, totals, grades, strict=True)
        ]

    await conn.execute(_CLEAR, campaign_id)
    async for piece in in_pieces(conn, _SURVEYED, campaign["county_code"], day, judged=scored):
        await conn.execute(_STORE, campaign_id, piece)
    await conn.execute(_SCORED, campaign_id, day)
    return await queries.get_campaign(conn, campaign_id)
