"""Named reads of periods."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from services.subsidy.periods.rules import Period, ended_periods
from services.subsidy.periods.schemas import LatePeriodOut, PeriodOut
from shared.db import Connection
from shared.policy.copies import find_current_pack
from shared.policy.in_force import ConfirmedPack
from shared.scope import Scope, seen

_WAITING: Final = f"""
WITH waiting AS MATERIALIZED (
  SELECT i.loan_id, i.paid_on, i.amount FROM interest_payment i JOIN subsidy_account a USING (loan_id)
  WHERE i.superseded_by IS NULL AND a.county_code = $5 AND i.paid_on >= $6 AND i.paid_on < $7
    AND {seen("a.village_code", "a.bank_code")}
    AND NOT EXISTS (
      SELECT FROM subsidy_line l JOIN subsidy_batch b ON b.id = l.batch_id
      WHERE l.repayment_id = i.repayment_id AND l.installment_number = i.installment_number AND l.live
        AND l.kind = 'interest' AND b.state IN ('approved', 'paying', 'settled'))
    AND NOT ($8 AND EXISTS (
      SELECT FROM household_listing e WHERE e.household_id = a.household_id AND e.list_name = 'blacklist'
        AND NOT e.overturned AND e.listed_on <= $9 AND coalesce(e.cleared_on > $9, true)))
)
SELECT p.period_from, p.period_until, count(DISTINCT w.loan_id)::int AS loans_waiting,
  coalesce(sum(w.amount), 0.00) AS interest_waiting,
  (SELECT coalesce(array_agg(g.id ORDER BY g.id), '{{}}') FROM programme g
   WHERE g.county_code = $5 AND g.starts_on < p.period_until AND g.ends_on >= p.period_from) AS programme_ids
FROM unnest($3::date[], $4::date[]) AS p (period_from, period_until)
LEFT JOIN waiting w ON w.paid_on >= p.period_from AND w.paid_on < p.period_until
GROUP BY 1, 2 ORDER BY 1 DESC, 2 DESC
"""  # noqa: S608 - our own text
_LATE: Final = """
SELECT * FROM late_period l
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS g (region) WHERE l.county_code ^@ g.region OR g.region ^@ l.county_code)
  AND ($2::text IS NULL OR county_code = $2) AND ($3::boolean IS NULL OR (done_on IS NULL) = $3)
  AND ($4::uuid IS NULL OR id > $4)
ORDER BY id LIMIT $5
"""


async def list_periods(conn: Connection, scope: Scope, county_code: str, as_of: date) -> list[PeriodOut]:
    """Return the periods of a county that have ended by a day, the latest first; none without a pack in force."""
    kept = await find_current_pack(conn, county_code, as_of)
    if kept is None:
        return []
    return await periods_waiting(conn, scope, kept, county_code, as_of)


async def periods_waiting(
    conn: Connection, scope: Scope, kept: ConfirmedPack, county_code: str, as_of: date, more: Iterable[Period] = ()
) -> list[PeriodOut]:
    """Return the periods of a pack that have ended by a day, and `more` before, with what waits, the latest first."""
    rule = kept.pack.subsidy_rule()
    ended = {*ended_periods(rule.period_months, rule.settlement_day, as_of), *more}
    periods = sorted(ended, key=lambda each: (each.period_from, each.due_from), reverse=True)
    begins, ends = [each.period_from for each in periods], [each.due_from for each in periods]
    bars = kept.pack.list_rule().blacklist_bars_support
    within = (county_code, min(begins), max(ends), bars, as_of)
    rows = await conn.fetch(_WAITING, scope.regions, scope.banks, begins, ends, *within)
    return [_shown(row, period, as_of) for row, period in zip(rows, periods, strict=True)]


async def list_late_periods(
    conn: Connection, scope: Scope, county_code: str | None, is_open: bool | None, after: UUID | None, limit: int
) -> list[LatePeriodOut]:
    """Return up to `limit` periods that were noted as late, in the order of their record."""
    rows = await conn.fetch(_LATE, scope.regions, county_code, is_open, after, limit)
    return [LatePeriodOut(**row) for row in rows]


def _shown(row: Any, period: Period, as_of: date) -> PeriodOut:
    waits: Literal["due", "late"] = "late" if as_of >= period.late_from else "due"
    state = waits if row["loans_waiting"] else "done"
    return PeriodOut(late_from=period.late_from, state=state, **row)
