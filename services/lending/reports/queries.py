"""The lending report: one snapshot for all figures, each from dated rows, so that any past day can be asked for.

Every statement reads $1 region prefixes, $2 beside each the bank whose rows it opens or null for all, $3 the day,
$4 the product asked for or null for all.
"""

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from services.lending.loans.rest_days_sql import timeliness
from services.lending.reports.responsible_banks_sql import BY_BANK, PROPOSED, WITHOUT_BANK
from services.lending.reports.schemas import (
    LendingReport,
    ResponsibleBankFigures,
    ResponsibleBanksReport,
    VillageWithoutBank,
)
from shared.db import Connection
from shared.scope import Scope, seen

SHARE: Final = Decimal("0.0001")  # shares are shown to a hundredth of a percent
_SCOPE = seen("village_code", "bank_code")
_OF_PRODUCT = "($4::text IS NULL OR product_code = $4)"
_LENT = f"""
lent AS MATERIALIZED (
  SELECT * FROM loan WHERE {_SCOPE} AND disbursed_on <= $3::date AND cancelled_on IS NULL AND {_OF_PRODUCT})
"""  # noqa: S608 - our own texts

_TOTALS = f"""
WITH {_LENT}, paid AS MATERIALIZED (
  SELECT r.* FROM repayment r JOIN lent l ON l.id = r.loan_id WHERE r.paid_on <= $3::date AND r.reversed_on IS NULL
), defaulted AS MATERIALIZED (
  SELECT r.cause, c.principal_outstanding
  FROM default_confirmation c JOIN default_report r ON r.id = c.report_id JOIN lent l ON l.id = r.loan_id
  WHERE c.confirmed_on <= $3::date AND r.withdrawn_on IS NULL
), back AS MATERIALIZED (
  SELECT v.amount, v.recovered_on >= l.written_off_on AS is_after
  FROM recovery v JOIN lent l ON l.id = v.loan_id
  WHERE v.recovered_on <= $3::date AND v.reversed_on IS NULL
), written_off AS MATERIALIZED (
  SELECT l.id, l.written_off_on, v.amount FROM lent l
  JOIN write_off v ON v.loan_id = l.id AND v.state = 'confirmed' AND v.decided_on = l.written_off_on
  LEFT JOIN write_off_withdrawal w ON w.write_off_id = v.id AND w.state = 'confirmed'
  WHERE l.written_off_on <= $3::date AND w.id IS NULL
), loans AS (
  SELECT count(DISTINCT household_id) FILTER (WHERE loan_round = 1) AS households_lent,
    coalesce(sum(principal) FILTER (WHERE loan_round = 1), 0.00) AS amount_lent,
    count(DISTINCT household_id) FILTER (WHERE loan_round > 1) AS repeat_households,
    coalesce(sum(principal) FILTER (WHERE loan_round > 1), 0.00) AS repeat_amount_lent,
    count(*) AS loans, count(*) FILTER (WHERE closed_on <= $3::date) AS loans_closed,
    count(*) FILTER (WHERE (closed_on IS NULL OR closed_on > $3::date)
      AND (defaulted_on IS NULL OR defaulted_on > $3::date)) AS loans_active,
    coalesce(sum(principal), 0.00) AS principal_lent,
    coalesce(round(avg(principal), 2), 0.00) AS average_amount,
    coalesce(round(avg(term_months), 1), 0.0) AS average_term_months,
    count(DISTINCT household_id) FILTER (WHERE disbursed_on >= date_trunc('year', $3::date))
      AS households_lent_this_year,
    coalesce(sum(principal) FILTER (WHERE disbursed_on >= date_trunc('year', $3::date)), 0.00) AS amount_lent_this_year,
    coalesce(round(count(*) FILTER (WHERE mode IN ('direct', 'joint'))::numeric / nullif(count(*), 0), 4), 0.0000)
      AS own_use_share,
    count(*) FILTER (WHERE compensated_on <= $3::date) AS loans_compensated,
    coalesce(sum(principal_compensated) FILTER (WHERE compensated_on <= $3::date), 0.00) AS principal_compensated,
    coalesce(sum(interest_compensated) FILTER (WHERE compensated_on <= $3::date), 0.00) AS interest_compensated
  FROM lent
), repaid AS (
  SELECT count(*) AS repayments, count(*) FILTER (WHERE kind = 'prepayment') AS prepayments,
    coalesce(sum(principal), 0.00) AS principal_repaid, coalesce(sum(interest), 0.00) AS interest_paid,
    coalesce(sum(penalty), 0.00) AS penalty_paid,
    coalesce(sum(principal) FILTER (WHERE kind = 'prepayment'), 0.00) AS prepaid
  FROM paid
)
SELECT loans.*, repaid.*, principal_lent - principal_repaid - principal_compensated
    - (SELECT coalesce(sum(m.principal), 0.00) FROM remission_part m JOIN lent l ON l.id = m.loan_id
       WHERE m.remitted_on <= $3::date) AS outstanding,
  (SELECT count(*) FROM disbursement d JOIN lent l ON l.id = d.loan_id WHERE d.late) AS disbursed_late,
  (SELECT count(*) FROM defaulted) AS defaults,
  (SELECT coalesce(sum(principal_outstanding), 0.00) FROM defaulted) AS amount_defaulted,
  (SELECT coalesce(jsonb_object_agg(cause, number), '{{}}')
    FROM (SELECT cause, count(*) AS number FROM defaulted GROUP BY cause) c) AS defaults_by_cause,
  (SELECT count(*) FROM back) AS recoveries, (SELECT coalesce(sum(amount), 0.00) FROM back) AS recovered,
  (SELECT count(*) FROM written_off) AS loans_written_off,
  (SELECT coalesce(sum(amount), 0.00) FROM written_off) AS amount_written_off,
  (SELECT coalesce(sum(amount), 0.00) FROM back WHERE is_after)
    + (SELECT coalesce(sum(p.amount - p.held - p.refunded), 0.00) FROM paid p JOIN written_off w ON w.id = p.loan_id
       WHERE p.paid_on >= w.written_off_on) AS recovered_after_write_off
FROM loans, repaid
"""  # noqa: S608 - our own texts

_BY_INDUSTRY = f"""
WITH {_LENT}
SELECT industry AS code, count(DISTINCT household_id) AS households, sum(principal) AS amount,
  bool_or(coalesce(p.content #> '{{purposes,priority,value}}' ? industry, false)) AS is_priority
FROM lent JOIN policy_pack p USING (pack_id) WHERE loan_round = 1
GROUP BY industry ORDER BY industry = 'not_stated', is_priority DESC, industry
"""  # noqa: S608 - our own texts

# A household that used loans in several ways counts once for each of them (DY-3); none of them is left out.
_BY_MODE = f"""
WITH {_LENT}
SELECT m.mode, count(l.id) AS loans, count(DISTINCT l.household_id) AS households,
  coalesce(sum(l.principal), 0.00) AS amount
FROM unnest('{{direct,joint,indirect,equity,enterprise_use}}'::text[]) WITH ORDINALITY AS m (mode, place)
LEFT JOIN lent l ON l.mode = m.mode
GROUP BY m.mode, m.place ORDER BY m.place
"""  # noqa: S608 - our own texts

# What is outstanding on loans granted without cover is the banks' own risk; the fund stands behind the rest.
_BY_PRODUCT = f"""
WITH {_LENT}, paid AS MATERIALIZED (
  SELECT r.loan_id, sum(r.principal) AS principal, sum(r.interest) AS interest
  FROM repayment r JOIN lent l ON l.id = r.loan_id WHERE r.paid_on <= $3::date GROUP BY r.loan_id
), remitted AS MATERIALIZED (
  SELECT m.loan_id, sum(m.principal) AS principal
  FROM remission_part m JOIN lent l ON l.id = m.loan_id WHERE m.remitted_on <= $3::date GROUP BY m.loan_id
), by_loan AS (
  SELECT l.product_code, l.household_id, l.principal, coalesce(p.interest, 0.00) AS interest_paid,
    l.principal - coalesce(p.principal, 0.00) - coalesce(m.principal, 0.00)
      - CASE WHEN l.compensated_on <= $3::date THEN l.principal_compensated ELSE 0.00 END AS outstanding,
    l.conditions @> '[{{"consequence": "without_cover"}}]' AS without_cover
  FROM lent l LEFT JOIN paid p ON p.loan_id = l.id LEFT JOIN remitted m ON m.loan_id = l.id
)
SELECT product_code, count(*) AS loans, count(DISTINCT household_id) AS households, sum(principal) AS amount,
  sum(outstanding) AS outstanding, coalesce(sum(outstanding) FILTER (WHERE without_cover), 0.00)
    AS outstanding_without_cover, sum(interest_paid) AS interest_paid
FROM by_loan GROUP BY product_code ORDER BY product_code
"""  # noqa: S608 - our own texts

_BY_TOWNSHIP = f"""
WITH {_LENT}
SELECT township_code, count(DISTINCT household_id) AS households, sum(principal) AS amount
FROM lent WHERE loan_round = 1 GROUP BY township_code ORDER BY township_code
"""  # noqa: S608 - our own texts

_LENT_BY_MONTH = f"""
WITH {_LENT}
SELECT to_char(disbursed_on, 'YYYY-MM') AS month, count(*) FILTER (WHERE loan_round = 1) AS loans,
  coalesce(sum(principal) FILTER (WHERE loan_round = 1), 0.00) AS amount,
  count(*) FILTER (WHERE loan_round > 1) AS repeat_loans,
  coalesce(sum(principal) FILTER (WHERE loan_round > 1), 0.00) AS repeat_amount
FROM lent GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own texts

# A due counts from the day after its grace until it is paid or the loan is compensated. Each event changes one month,
# and running sums carry it on, so that years of unpaid dues cost no more than one.
_OVERDUE_BY_MONTH = f"""
WITH {_LENT}, months AS (
  SELECT first::date AS month
  FROM generate_series(date_trunc('month', (SELECT min(disbursed_on) FROM lent)::timestamp), $3::timestamp, '1 month')
    AS first
), met AS (
  SELECT r.loan_id, p.installment_number AS number, r.paid_on, p.interest + p.principal AS amount
  FROM lent l JOIN repayment r ON r.loan_id = l.id JOIN repayment_part p ON p.repayment_id = r.id
  UNION ALL
  SELECT m.loan_id, m.installment_number, m.remitted_on, m.interest + m.principal
  FROM lent l JOIN remission_part m ON m.loan_id = l.id
), paid_late AS MATERIALIZED (
  SELECT p.*
  FROM met p JOIN lent l ON l.id = p.loan_id JOIN installment i ON i.loan_id = p.loan_id AND i.number = p.number
  {timeliness("l.grace_days", "l.county_code")}
  WHERE p.paid_on > timely.late_after_on AND p.amount > 0 AND i.cancelled_on IS NULL
), late AS MATERIALIZED (
  SELECT i.loan_id, i.number, timely.late_after_on + 1 AS late_on, l.compensated_on,
    i.interest_due - i.interest_paid + i.principal_due - i.principal_paid AS unpaid_now
  FROM lent l JOIN installment i ON i.loan_id = l.id
  {timeliness("l.grace_days", "l.county_code")}
  WHERE i.cancelled_on IS NULL AND timely.late_after_on < $3::date
    AND (l.compensated_on IS NULL OR timely.late_after_on < l.compensated_on)
    AND (i.interest_paid < i.interest_due OR i.principal_paid < i.principal_due
      OR (i.loan_id, i.number) IN (SELECT loan_id, number FROM paid_late))
), change AS (
  SELECT loan_id, late_on AS changed_on, unpaid_now AS amount FROM late
  UNION ALL
  SELECT p.loan_id, d.late_on, p.amount FROM paid_late p JOIN late d USING (loan_id, number)
  UNION ALL
  SELECT loan_id, paid_on, -amount FROM paid_late
  UNION ALL
  SELECT loan_id, compensated_on, -unpaid_now FROM late WHERE compensated_on IS NOT NULL
), owed AS (
  SELECT loan_id, date_trunc('month', changed_on)::date AS month, sum(amount) AS change,
    sum(sum(amount)) OVER (PARTITION BY loan_id ORDER BY date_trunc('month', changed_on)) AS amount
  FROM change WHERE changed_on <= $3::date GROUP BY 1, date_trunc('month', changed_on)
), step AS (
  SELECT month, change, CASE WHEN amount > 0 THEN 1 ELSE 0 END
    - CASE WHEN lag(amount) OVER (PARTITION BY loan_id ORDER BY month) > 0 THEN 1 ELSE 0 END AS loans
  FROM owed
)
SELECT to_char(m.month, 'YYYY-MM') AS month, coalesce(sum(sum(s.loans)) OVER (ORDER BY m.month), 0)::bigint AS loans,
  coalesce(sum(sum(s.change)) OVER (ORDER BY m.month), 0.00) AS amount
FROM months m LEFT JOIN step s USING (month)
GROUP BY m.month ORDER BY m.month
"""  # noqa: S608 - our own texts

_REFUSED = f"""
SELECT id, reasons FROM application
WHERE state = 'refused' AND {_SCOPE} AND state_from <= $3::date AND {_OF_PRODUCT}
"""  # noqa: S608 - our own texts
_REFUSED_COUNT = f"SELECT count(*) FROM ({_REFUSED}) refused"  # noqa: S608 - our own texts
_EXPLAINED_COUNT = f"""
SELECT count(*) FROM ({_REFUSED}) refused WHERE EXISTS (
  SELECT FROM explanation x WHERE x.application_id = refused.id AND x.explained_on <= $3::date
    AND coalesce(x.withdrawn_on > $3::date, true))
"""  # noqa: S608 - our own texts
_REFUSED_BY_REASON = f"""
SELECT reason ->> 'code' AS code, count(DISTINCT id) AS application_count
FROM ({_REFUSED}) refused, jsonb_array_elements(reasons) AS reason GROUP BY 1 ORDER BY 1
"""  # noqa: S608 - our own texts

_LISTS = {
    "applications_refused_by_reason": _REFUSED_BY_REASON,
    "by_industry": _BY_INDUSTRY,
    "by_mode": _BY_MODE,
    "by_product": _BY_PRODUCT,
    "by_township": _BY_TOWNSHIP,
    "lent_by_month": _LENT_BY_MONTH,
    "overdue_by_month": _OVERDUE_BY_MONTH,
}


async def lending_report(
    conn: Connection, region: str, scope: Scope, as_of: date, product_code: str | None
) -> LendingReport:
    """Return the lending figures of a region as of a day, of one product or of all (None).

    Clauses: FJ-8, MS-3, JN-3, JN-4, DY-3, SX-4, FJ-4, DZ-4.
    """
    asked = (scope.regions, scope.banks, as_of, product_code)
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        totals = dict(await conn.fetchrow(_TOTALS, *asked))
        refused = await conn.fetchval(_REFUSED_COUNT, *asked)
        explained = await conn.fetchval(_EXPLAINED_COUNT, *asked)
        lists = {name: [dict(row) for row in await conn.fetch(query, *asked)] for name, query in _LISTS.items()}
    return LendingReport.model_validate(
        {
            **totals,
            **lists,
            "region_code": region,
            "as_of": as_of,
            "product_code": product_code,
            "applications_refused": refused,
            "refusals_explained": explained,
        }
    )


async def responsible_banks_report(
    conn: Connection, region: str, scope: Scope, as_of: date, villages: Mapping[str, str]
) -> ResponsibleBanksReport:
    """Return the coverage of a region's `villages`, their names by code, by responsible banks on a day (LG-47)."""
    codes = sorted(villages)
    async with conn.transaction(isolation="repeatable_read", readonly=True):
        banks = await conn.fetch(BY_BANK, scope.regions, scope.banks, as_of, codes)
        without = [row["code"] for row in await conn.fetch(WITHOUT_BANK, codes, as_of)]
        proposed = await conn.fetchval(PROPOSED, region, as_of)
    covered = len(codes) - len(without)
    return ResponsibleBanksReport(
        region_code=region,
        as_of=as_of,
        villages=len(codes),
        villages_covered=covered,
        coverage=(Decimal(covered) / len(codes)).quantize(SHARE, ROUND_HALF_UP) if codes else None,
        proposals_open=proposed,
        banks=[ResponsibleBankFigures.model_validate(dict(row)) for row in banks],
        villages_without_bank=[VillageWithoutBank(code=code, name=villages[code]) for code in without],
    )
