"""The subsidy in figures; one statement for each table of the report."""

from datetime import date
from typing import Final

from services.subsidy.batches.actions.preparing import rules_of_county
from services.subsidy.batches.plans import hashed
from services.subsidy.batches.refusals import PeriodReversed
from services.subsidy.batches.rules.due import EXPLAINED
from services.subsidy.batches.schemas import Withheld
from services.subsidy.programmes.queries import list_programmes
from services.subsidy.reports.benefits_sql import AGREEMENTS, GRANTS, HOUSEHOLDS, LOANS, PROJECTS
from services.subsidy.reports.schemas import (
    AgreementTotal,
    BenefitTotals,
    GrantTotal,
    InstructionCounts,
    LoanTotal,
    ProductOut,
    ProjectTotal,
    QuarterOut,
    SubsidyReport,
    TownshipOut,
    UnsubsidisedInterest,
    UnsubsidisedLoan,
)
from services.subsidy.reports.unsubsidised_sql import UNSUBSIDISED
from shared.db import Connection
from shared.money import ZERO
from shared.scope import Scope, seen

LOANS_SHOWN: Final = 500
PROGRAMMES_MAX: Final = 200  # years of one county, or one year of a province's counties
_ACCOUNT: Final = f"""
account AS MATERIALIZED (
  SELECT loan_id, left(village_code, 9) AS township_code, product_code FROM subsidy_account
  WHERE {seen("village_code", "bank_code")} AND ($3::text IS NULL OR product_code = $3)
)"""  # noqa: S608 - our own text
# A line is paid with its household's instruction of the same batch, or at once where a claw-back took all of it;
# what proved too much before it was paid is no part of it.
_LINE: Final = f"""
{_ACCOUNT}, offset_whole AS MATERIALIZED (
  SELECT l.batch_id, l.household_id, min(d.decided_on) AS settled_on
  FROM subsidy_line l JOIN batch_decision d ON d.batch_id = l.batch_id AND d.step = 'approval'
    AND d.decision = 'approve'
  GROUP BY 1, 2 HAVING sum(l.amount) = 0 AND bool_or(l.kind = 'clawback')
), line AS MATERIALIZED (
  SELECT l.kind, l.household_id, l.interest, l.reasons, l.not_covered, {", ".join(f"l.{n}" for n in EXPLAINED[1:])},
    l.amount - coalesce(r.amount, 0.00) AS amount, a.township_code, a.product_code, b.state AS batch_state,
    coalesce(i.settled_on, n.settled_on) AS settled_on, coalesce(i.id IS NOT NULL OR n.settled_on IS NOT NULL, false)
      AS paid
  FROM subsidy_line l
  JOIN account a ON a.loan_id = l.loan_id
  JOIN subsidy_batch b ON b.id = l.batch_id
  LEFT JOIN payment_instruction i
    ON i.batch_id = l.batch_id AND i.household_id = l.household_id AND i.state = 'paid'
  LEFT JOIN offset_whole n ON n.batch_id = l.batch_id AND n.household_id = l.household_id
  LEFT JOIN (SELECT line_id, sum(amount) AS amount FROM payment_reduction GROUP BY 1) r ON r.line_id = l.id
  WHERE l.live
)"""  # noqa: S608 - our own text
_TOTALS: Final = f"""
WITH {_LINE}
SELECT (SELECT count(*) FROM account)::int AS loans,
  (SELECT coalesce(sum(p.amount), 0.00) FROM interest_payment p JOIN account USING (loan_id)
   WHERE p.superseded_by IS NULL) AS interest_paid,
  (SELECT coalesce(sum(p.amount), 0.00) FROM penalty_payment p JOIN account USING (loan_id)
   WHERE p.superseded_by IS NULL) AS penalty_paid,
  (SELECT coalesce(sum(p.amount), 0.00) FROM interest_payment p JOIN account USING (loan_id)
   WHERE p.superseded_by IS NULL AND NOT EXISTS (
     SELECT FROM subsidy_line s WHERE s.repayment_id = p.repayment_id AND s.installment_number = p.installment_number
       AND s.live AND s.kind = 'interest')) AS interest_without_batch,
  coalesce(sum(amount) FILTER (WHERE batch_state IN ('prepared', 'reviewed')), 0.00) AS subsidy_prepared,
  coalesce(sum(amount) FILTER (WHERE batch_state IN ('approved', 'paying', 'settled')), 0.00) AS subsidy_approved,
  coalesce(sum(amount) FILTER (WHERE paid), 0.00) AS subsidy_paid,
  coalesce(-sum(amount) FILTER (WHERE paid AND kind = 'clawback'), 0.00) AS clawed_back,
  count(DISTINCT household_id) FILTER (WHERE paid AND amount > 0)::int AS households_paid
FROM line
"""  # noqa: S608 - our own text
_BY_QUARTER: Final = f"""
WITH {_LINE}
SELECT to_char(settled_on, 'YYYY"Q"Q') AS quarter, sum(amount) AS amount,
  count(DISTINCT household_id)::int AS households
FROM line WHERE paid GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own text
_BY_TOWNSHIP: Final = f"""
WITH {_LINE}, subsidy AS (
  SELECT township_code, sum(amount) AS amount, count(DISTINCT household_id) FILTER (WHERE amount > 0) AS households
  FROM line WHERE paid GROUP BY 1
), interest AS (
  SELECT a.township_code, sum(p.amount) AS amount FROM interest_payment p JOIN account a USING (loan_id)
  WHERE p.superseded_by IS NULL GROUP BY 1
), penalty AS (
  SELECT a.township_code, sum(p.amount) AS amount FROM penalty_payment p JOIN account a USING (loan_id)
  WHERE p.superseded_by IS NULL GROUP BY 1
)
SELECT i.township_code, i.amount AS interest_paid, coalesce(p.amount, 0.00) AS penalty_paid,
  coalesce(s.amount, 0.00) AS subsidy_paid, coalesce(s.households, 0)::int AS households_paid
FROM interest i LEFT JOIN penalty p USING (township_code) LEFT JOIN subsidy s USING (township_code)
ORDER BY i.township_code
"""  # noqa: S608 - our own text
_BY_PRODUCT: Final = f"""
WITH {_LINE}, subsidy AS (
  SELECT product_code, sum(amount) AS amount, count(DISTINCT household_id) FILTER (WHERE amount > 0) AS households
  FROM line WHERE paid GROUP BY 1
), interest AS (
  SELECT a.product_code, sum(p.amount) AS amount FROM interest_payment p JOIN account a USING (loan_id)
  WHERE p.superseded_by IS NULL GROUP BY 1
)
SELECT product_code, count(*)::int AS loans, coalesce(max(i.amount), 0.00) AS interest_paid,
  coalesce(max(s.amount), 0.00) AS subsidy_paid, coalesce(max(s.households), 0)::int AS households_paid
FROM account LEFT JOIN interest i USING (product_code) LEFT JOIN subsidy s USING (product_code)
GROUP BY product_code ORDER BY product_code
"""  # noqa: S608 - our own text
_EXCLUDED: Final = f"""
WITH {_LINE}
SELECT v.code, count(*)::int AS count, sum(v.withheld) AS interest
FROM line l CROSS JOIN LATERAL (VALUES
  (l.reasons[1], l.not_covered), {", ".join(f"('{name}', l.{name})" for name in EXPLAINED[1:])}) v (code, withheld)
WHERE v.withheld > 0 GROUP BY v.code ORDER BY v.code
"""  # noqa: S608 - our own text
_INSTRUCTIONS: Final = f"""
WITH {_ACCOUNT}, due AS (
  SELECT DISTINCT l.batch_id, l.household_id FROM subsidy_line l JOIN account a ON a.loan_id = l.loan_id WHERE l.live
), instruction AS (
  SELECT i.state, i.batch_id, i.household_id FROM payment_instruction i JOIN due USING (batch_id, household_id)
)
SELECT count(*) FILTER (WHERE state = 'sent')::int AS sent_count,
  count(*) FILTER (WHERE state = 'paid')::int AS paid_count,
  count(*) FILTER (WHERE state = 'rejected')::int AS rejected_count,
  count(*) FILTER (WHERE state = 'returned')::int AS returned_count,
  (SELECT count(*) FROM (SELECT 1 FROM instruction GROUP BY batch_id, household_id
    HAVING bool_and(state IN ('rejected', 'returned'))) r)::int AS rejected_unpaid_count
FROM instruction
"""  # noqa: S608 - our own text


async def subsidy_report(
    conn: Connection, scope: Scope, region: str, product_code: str | None, on: date
) -> SubsidyReport:
    """Return the figures of the loans in scope, of one product or of all (None); targets are as of a day."""
    seen = (scope.regions, scope.banks, product_code)
    totals = dict(await conn.fetchrow(_TOTALS, *seen))
    excluded = await conn.fetch(_EXCLUDED, *seen)
    return SubsidyReport(
        region_code=region,
        product_code=product_code,
        instructions=InstructionCounts(**await conn.fetchrow(_INSTRUCTIONS, *seen)),
        by_quarter=[QuarterOut(**row) for row in await conn.fetch(_BY_QUARTER, *seen)],
        by_product=[ProductOut(**row) for row in await conn.fetch(_BY_PRODUCT, *seen)],
        by_township=[TownshipOut(**row) for row in await conn.fetch(_BY_TOWNSHIP, *seen)],
        excluded={row["code"]: Withheld(count=row["count"], interest=row["interest"]) for row in excluded},
        programmes=await list_programmes(conn, scope, None, None, PROGRAMMES_MAX, on),
        **totals,
    )


async def benefit_totals(
    conn: Connection, scope: Scope, region: str, period_from: date, period_until: date
) -> BenefitTotals:
    """Return the totals of projects, grants, loans and agreements of a region over a period (ZJ-11).

    Raises:
        PeriodReversed: it ends before it begins.
    """
    if period_until <= period_from:
        raise PeriodReversed(period_from, period_until)
    asked = (scope.regions, period_from, period_until)
    return BenefitTotals(
        region_code=region,
        period_from=period_from,
        period_until=period_until,
        projects=[ProjectTotal(**row) for row in await conn.fetch(PROJECTS, *asked)],
        grants=GrantTotal(**await conn.fetchrow(GRANTS, *asked)),
        loans=[LoanTotal(**row) for row in await conn.fetch(LOANS, *asked)],
        agreements=[AgreementTotal(**row) for row in await conn.fetch(AGREEMENTS, *asked)],
        households=await conn.fetchval(HOUSEHOLDS, *asked),
    )


async def unsubsidised_interest(
    conn: Connection, scope: Scope, county_code: str, year: int, today: date
) -> UnsubsidisedInterest:
    """Return which interest paid in a calendar year still awaits its subsidy (应贴尽贴, SX-5).

    It is late once the year is over.

    Raises:
        PackNotReplicated: a loan's pack version has not arrived here.
    """
    rules, days = await rules_of_county(conn, county_code), (date(year, 1, 1), date(year + 1, 1, 1))
    async with hashed(conn):
        rows = await conn.fetch(UNSUBSIDISED, rules, today, scope.regions, scope.banks, county_code, *days, LOANS_SHOWN)
    loans, without_line, in_batch = rows[0][-3:] if rows else (0, ZERO, ZERO)
    return UnsubsidisedInterest(
        county_code=county_code,
        year=year,
        as_of=today,
        is_late=bool(rows) and today >= days[1],
        loan_count=loans,
        without_line=without_line,
        in_batch=in_batch,
        outstanding=without_line + in_batch,
        items=[UnsubsidisedLoan(**{name: row[name] for name in UnsubsidisedLoan.model_fields}) for row in rows],
    )
