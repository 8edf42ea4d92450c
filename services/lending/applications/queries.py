"""Named reads of applications; every list is bounded, ordered and confined to the caller's regions."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.lending.applications.refusals import BatchUnknown
from services.lending.applications.rules.admission import Exposure, QuotaCut, VillageQuota
from services.lending.applications.rules.approval import State
from services.lending.applications.schemas.applications import (
    ApplicationDetail,
    ApplicationOut,
    BatchOut,
    HandedOverApplication,
    LateDisbursement,
)
from services.lending.loans.disbursement_sql import bears
from services.lending.loans.refusals import ApplicationUnknown
from shared.db import Connection
from shared.money import ZERO
from shared.policy.copies import pack_for
from shared.policy.vocabulary import Consequence
from shared.scope import Scope, seen
from shared.web.pages import PageRequest
from shared.workdays import workdays_between

_EXPOSURES = """
WITH asked AS (SELECT DISTINCT unnest($1::uuid[]) AS household_id),
under_way AS (
  SELECT household_id, count(*) AS number, sum(amount) AS amount FROM application JOIN asked USING (household_id)
  WHERE state NOT IN ('disbursed', 'refused', 'withdrawn') GROUP BY household_id),
lent AS (
  SELECT household_id, count(*) FILTER (WHERE state NOT IN ('closed', 'cancelled')) AS open,
         sum(principal_outstanding + principal_compensated - principal_recovered) AS amount
  FROM loan JOIN asked USING (household_id) GROUP BY household_id)
SELECT household_id, coalesce(u.number, 0) AS applications, coalesce(u.amount, 0.00) AS under_way,
       coalesce(l.open, 0) AS open_loans, coalesce(l.amount, 0.00) AS owed
FROM under_way u FULL JOIN lent l USING (household_id)
"""
_ROUNDS = """
SELECT household_id, count(*) AS rounds FROM application
WHERE household_id = ANY($1::uuid[]) AND state = 'disbursed' GROUP BY household_id
"""
_CUTS = """
SELECT c.village_code, c.cut_share, c.amount_when_cut, c.effective_on,
       (SELECT min(r.effective_on) FROM village_quota_restored r WHERE r.loan_id = c.loan_id) AS restored_on
FROM village_quota_cut c WHERE c.village_code = ANY($1::text[])
ORDER BY c.village_code, c.effective_on, c.loan_id
"""
_VILLAGE_USE = """
SELECT village_code, sum(amount) AS used FROM (
  SELECT village_code, amount FROM application
  WHERE village_code = ANY($1::text[]) AND state NOT IN ('disbursed', 'refused', 'withdrawn')
  UNION ALL
  SELECT village_code, principal_outstanding + principal_compensated - principal_recovered FROM loan
  WHERE village_code = ANY($1::text[])) AS amounts GROUP BY village_code
"""


async def exposures(conn: Connection, household_ids: Sequence[UUID]) -> dict[UUID, Exposure]:
    """Return what those of these households that have anything here owe or have applied for (LG-25b)."""
    rows = await conn.fetch(_EXPOSURES, household_ids)
    return {household_id: Exposure(*held) for household_id, *held in rows}


async def loan_rounds(conn: Connection, household_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return how many loans those of these households had that had any."""
    return dict(await conn.fetch(_ROUNDS, household_ids))


async def quotas_cut(conn: Connection, village_codes: Sequence[str]) -> dict[str, VillageQuota]:
    """Return the quota of each of these villages that was ever cut (FJ-12)."""
    cuts: dict[str, list[QuotaCut]] = defaultdict(list)
    for village, *cut in await conn.fetch(_CUTS, sorted(set(village_codes))):
        cuts[village].append(QuotaCut(*cut))
    used = {row["village_code"]: row["used"] for row in await conn.fetch(_VILLAGE_USE, list(cuts))} if cuts else {}
    return {village: VillageQuota(tuple(of), used.get(village, ZERO)) for village, of in cuts.items()}


_IN_SCOPE = seen("village_code", "bank_code")


async def list_applications(
    conn: Connection,
    scope: Scope,
    page: PageRequest,
    *,
    region: str | None,
    state: State | None,
    batch_id: UUID | None,
    household_id: UUID | None,
) -> list[ApplicationOut]:
    """Return up to one row more than a page of applications, oldest first."""
    rows = await conn.fetch(
        f"SELECT * FROM application WHERE {_IN_SCOPE}"  # noqa: S608 - our own text
        " AND ($3::text IS NULL OR village_code ^@ $3) AND ($4::text IS NULL OR state = $4)"
        " AND ($5::uuid IS NULL OR batch_id = $5) AND ($6::uuid IS NULL OR household_id = $6)"
        " AND ($7::uuid IS NULL OR id > $7) ORDER BY id LIMIT $8",
        scope.regions,
        scope.banks,
        region,
        state and str(state),
        batch_id,
        household_id,
        page.after_as(UUID),
        page.limit + 1,
    )
    return [ApplicationOut.model_validate(dict(row)) for row in rows]


# Who asked first that an approved application be taken back, while it stands where it stood.
_WITHDRAWAL_ASKED = """
(SELECT jsonb_build_object('asked_on', w.asked_on, 'asked_by', w.asked_by, 'reason', w.reason)
 FROM withdrawal_request w WHERE w.application_id = application.id AND w.asked_on >= application.state_from
   AND application.state IN ('approved', 'handed_over')) AS withdrawal_asked
"""


async def get_application(conn: Connection, scope: Scope, application_id: UUID) -> ApplicationDetail:
    """Return one application with its decisions and objections.

    Raises:
        ApplicationUnknown: there is none in the caller's scope.
    """
    row = await conn.fetchrow(
        f"SELECT *, {_WITHDRAWAL_ASKED} FROM application WHERE {_IN_SCOPE} AND id = $3",  # noqa: S608 - our own text
        scope.regions,
        scope.banks,
        application_id,
    )
    if row is None:
        raise ApplicationUnknown(application_id)
    decisions = await conn.fetch(
        "SELECT * FROM decision WHERE application_id = $1 ORDER BY decided_at, stage, office", application_id
    )
    objections = await conn.fetch(
        "SELECT o.*, s.settled_on, s.settled_by, s.outcome, s.reason FROM objection o"
        " LEFT JOIN settlement s ON s.objection_id = o.id WHERE o.application_id = $1 ORDER BY o.id",
        application_id,
    )
    purposes = (await pack_for(conn, row["pack_id"], row["product_code"])).purpose_rule
    return ApplicationDetail.model_validate(
        {
            **row,
            "is_priority": row["industry"] in (purposes.priority or ()),
            "decisions": [dict(entry) for entry in decisions],
            "objections": [dict(entry) for entry in objections],
        }
    )


_BATCH_STATES = f"""
SELECT state, count(*) AS count, sum(amount) AS amount FROM application
WHERE {_IN_SCOPE} AND batch_id = $3 GROUP BY state ORDER BY state
"""  # noqa: S608 - our own text


async def get_batch(conn: Connection, scope: Scope, batch_id: UUID) -> BatchOut:
    """Return a batch and how many of its applications, as far as the caller sees them, stand where.

    Raises:
        BatchUnknown: the caller sees none of it.
    """
    states = await conn.fetch(_BATCH_STATES, scope.regions, scope.banks, batch_id)
    if not states:
        raise BatchUnknown(batch_id)
    batch = await conn.fetchrow("SELECT * FROM application_batch WHERE id = $1", batch_id)
    notices = await conn.fetch("SELECT * FROM public_notice WHERE batch_id = $1 ORDER BY id", batch_id)
    parts: dict[str, Any] = {"states": [dict(row) for row in states], "notices": [dict(row) for row in notices]}
    return BatchOut.model_validate({**dict(batch), **parts})


async def list_handed_over(
    conn: Connection, scope: Scope, page: PageRequest, region: str | None, cover_expires_by: date | None = None
) -> list[HandedOverApplication]:
    """Return up to one row more than a page of what waits for the bank's disbursement, oldest first.

    `cover_expires_by`: only what the fund covers no longer than until that day; what was granted without cover, never.
    """
    rows = await conn.fetch(
        f"SELECT * FROM application WHERE {_IN_SCOPE} AND state = 'handed_over'"  # noqa: S608 - our own text
        f" AND ($6::date IS NULL OR NOT {bears('application', Consequence.WITHOUT_COVER)}"
        " AND coalesce(cover_expires_on <= $6, true))"
        " AND ($3::text IS NULL OR village_code ^@ $3) AND ($4::uuid IS NULL OR id > $4) ORDER BY id LIMIT $5",
        scope.regions,
        scope.banks,
        region,
        page.after_as(UUID),
        page.limit + 1,
        cover_expires_by,
    )
    return [HandedOverApplication.model_validate(dict(row)) for row in rows]


_LATE = f"""
SELECT * FROM application
WHERE {_IN_SCOPE} AND ((state = 'handed_over' AND disbursement_due_on < $3)
  OR (state = 'disbursed' AND disbursed_on > disbursement_due_on AND disbursed_on <= $3))
  AND ($4::text IS NULL OR village_code ^@ $4) AND ($5::uuid IS NULL OR id > $5)
ORDER BY id LIMIT $6
"""  # noqa: S608 - our own text


async def list_late_disbursements(
    conn: Connection, scope: Scope, page: PageRequest, as_of: date, region: str | None
) -> list[LateDisbursement]:
    """Return up to one row more than a page of hand-overs whose money came late or is late on `as_of` (FJ-4)."""
    after = page.after_as(UUID)
    rows = await conn.fetch(_LATE, scope.regions, scope.banks, as_of, region, after, page.limit + 1)
    return [
        LateDisbursement.model_validate(
            {**row, "working_days_late": workdays_between(row["disbursement_due_on"], row["disbursed_on"] or as_of)}
        )
        for row in rows
    ]
