"""Named reads of findings, measures and performance."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.supervision.refusals import FindingUnknown, MeasureUnknown
from services.subsidy.supervision.schemas import (
    FindingAnswerOut,
    FindingOut,
    ProjectMeasureOut,
    ProjectPerformance,
)
from shared.db import Connection

_AROUND: Final = """
EXISTS (SELECT FROM unnest($1::text[]) AS g (region) WHERE p.region_code ^@ g.region OR g.region ^@ p.region_code)
"""
# A finding belongs where its project or its agreement does.
_AROUND_IT: Final = """
EXISTS (SELECT FROM unnest($1::text[]) AS g (region)
  CROSS JOIN (SELECT coalesce(p.region_code, a.region_code)) AS w (at)
  WHERE w.at ^@ g.region OR g.region ^@ w.at)
"""
_FINDINGS: Final = f"""
SELECT f.*, f.state <> 'closed' AND f.due_on < $2 AS is_late,
  (SELECT coalesce(jsonb_agg(jsonb_build_object('number', a.number, 'answer', a.answer, 'answered_by', a.answered_by,
    'answered_on', a.answered_on, 'decision', a.decision, 'decided_by', a.decided_by, 'decided_on', a.decided_on,
    'note', a.note) ORDER BY a.number), '[]') FROM finding_answer a WHERE a.finding_id = f.id) AS answers
FROM project_finding f LEFT JOIN project p ON p.id = f.project_id LEFT JOIN agreement a ON a.id = f.agreement_id
WHERE {_AROUND_IT} AND ($3::uuid IS NULL OR f.id = $3) AND ($4::uuid IS NULL OR f.project_id = $4)
  AND ($5::text IS NULL OR f.state = $5) AND (NOT $6 OR f.state <> 'closed' AND f.due_on < $2)
  AND ($7::uuid IS NULL OR f.id > $7) AND ($9::uuid IS NULL OR f.agreement_id = $9)
ORDER BY f.id LIMIT $8
"""  # noqa: S608 - our own text
_OWED: Final = "CASE m.state WHEN 'approved' THEN coalesce(m.amount, 0) - m.waived - r.received ELSE 0 END"
_MEASURES: Final = f"""
SELECT m.*, r.received, r.receipts, {_OWED} AS owed
FROM project_measure m JOIN project p ON p.id = m.project_id
CROSS JOIN LATERAL (SELECT coalesce(sum(amount) FILTER (WHERE reversed_on IS NULL), 0.00) AS received,
  coalesce(jsonb_agg(jsonb_build_object('id', t.id, 'amount', t.amount::text, 'bank_reference', t.bank_reference,
    'received_on', t.received_on, 'recorded_by', t.recorded_by, 'reversed_on', t.reversed_on) ORDER BY t.id), '[]')
  AS receipts FROM project_receipt t WHERE t.measure_id = m.id) r
WHERE {_AROUND} AND ($2::uuid IS NULL OR m.id = $2) AND ($3::uuid IS NULL OR m.project_id = $3)
  AND ($4::uuid IS NULL OR m.id > $4) AND ($6::date IS NULL OR (m.due_on < $6 AND {_OWED} > 0))
ORDER BY m.id LIMIT $5
"""  # noqa: S608 - our own text
# Steps that two persons struck do not count; a project accepted after its planned end was not in time.
_PERFORMANCE: Final = f"""
SELECT left(p.region_code, 9) AS township_code, l.person AS leader, count(*)::int AS project_count,
  count(s.approved_on)::int AS approved_count, count(s.accepted_on)::int AS accepted_count,
  count(*) FILTER (WHERE s.accepted_on <= p.ends_on)::int AS accepted_in_time_count,
  count(*) FILTER (WHERE p.state = 'stopped')::int AS stopped_count,
  sum(f.findings)::int AS finding_count, sum(f.late)::int AS late_finding_count,
  sum(m.amount) AS amount, sum(m.paid) AS paid
FROM project p
JOIN project_post l ON l.project_id = p.id AND l.post = 'leader' AND l.until_on IS NULL
CROSS JOIN LATERAL (SELECT max(happened_on) FILTER (WHERE step = 'approval' AND outcome = 'approve') AS approved_on,
  max(happened_on) FILTER (WHERE step = 'acceptance' AND outcome = 'pass') AS accepted_on,
  min(happened_on) AS planned_on
  FROM project_step WHERE project_id = p.id AND NOT struck AND happened_on <= $3) s
CROSS JOIN LATERAL (SELECT count(*) AS findings, count(*) FILTER (WHERE state <> 'closed' AND due_on < $3) AS late
  FROM project_finding WHERE project_id = p.id AND found_on <= $3) f
CROSS JOIN LATERAL (SELECT sum(amount) AS amount, sum(paid) AS paid FROM project_money WHERE project_id = p.id) m
WHERE {_AROUND} AND p.county_code = $2 AND s.planned_on IS NOT NULL
GROUP BY 1, 2 ORDER BY 1, 2
"""  # noqa: S608 - our own text


async def list_findings(
    conn: Connection,
    regions: Sequence[str],
    as_of: date,
    *,
    project_id: UUID | None,
    agreement_id: UUID | None,
    state: str | None,
    only_late: bool,
    after: UUID | None,
    limit: int,
) -> list[FindingOut]:
    """Return up to `limit` findings in the order of their record; late are those not closed by their day."""
    rows = await conn.fetch(
        _FINDINGS, list(regions), as_of, None, project_id, state, only_late, after, limit, agreement_id
    )
    return [_finding(row) for row in rows]


async def get_finding(conn: Connection, regions: Sequence[str], finding_id: UUID, as_of: date) -> FindingOut:
    """Return one finding with every answer.

    Raises:
        FindingUnknown: it does not exist in these regions.
    """
    row = await conn.fetchrow(_FINDINGS, list(regions), as_of, finding_id, None, None, False, None, 1, None)
    if row is None:
        raise FindingUnknown(finding_id)
    return _finding(row)


async def list_measures(
    conn: Connection,
    regions: Sequence[str],
    project_id: UUID | None,
    after: UUID | None,
    limit: int,
    late_on: date | None = None,
) -> list[ProjectMeasureOut]:
    """Return up to `limit` measures in the order of their proposal; with a day, those that owe money due before it."""
    rows = await conn.fetch(_MEASURES, list(regions), None, project_id, after, limit, late_on)
    return [ProjectMeasureOut(**row) for row in rows]


async def get_measure(conn: Connection, regions: Sequence[str], measure_id: UUID) -> ProjectMeasureOut:
    """Return one measure.

    Raises:
        MeasureUnknown: it does not exist in these regions.
    """
    row = await conn.fetchrow(_MEASURES, list(regions), measure_id, None, None, 1, None)
    if row is None:
        raise MeasureUnknown(measure_id)
    return ProjectMeasureOut(**row)


async def list_performance(
    conn: Connection, regions: Sequence[str], county_code: str, as_of: date
) -> list[ProjectPerformance]:
    """Return what the projects of each leader in each township show on a day (ZJ-10(c))."""
    return [ProjectPerformance(**row) for row in await conn.fetch(_PERFORMANCE, list(regions), county_code, as_of)]


def _finding(row: Any) -> FindingOut:
    values = dict(row)
    answers = [FindingAnswerOut(**each) for each in values.pop("answers")]
    if values["from_villager"]:
        values["recorded_by"] = None  # whoever took the report down points at its author
    return FindingOut(answers=answers, **values)
