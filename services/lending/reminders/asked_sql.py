"""Which reminders contracts ask for, of which dues, and what became of each: the statement that is the rule (DZ-5b).

A reminder is given in time up to `days_before` days before the due day. It is not asked for where the loan was paid
out later than that, where the instalment was settled by then, or where the loan was in default by then.

Every statement reads $1 region prefixes, $2 beside each the bank whose rows it opens or null for all, $3 the reminders
by pack and product (`rule`), $4 the day, $5 a region, $6 a product and $7 a loan, each of these three or null for all.
"""

from typing import Final

from shared.scope import seen

PACKS: Final = f"""
SELECT DISTINCT l.pack_id, l.product_code FROM loan l WHERE {seen("l.village_code", "l.bank_code")}
"""  # noqa: S608 - our own text
_ASKED: Final = f"""
WITH rule AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb)
    AS r (pack_id uuid, product_code text, days_before int, is_written boolean)
), asked AS (
  SELECT l.id AS loan_id, l.contract_number, l.household_id, l.household_number, l.village_code, l.bank_code,
    l.product_code, l.state, l.defaulted_on, i.number, i.due_on, i.principal_due - i.principal_paid AS principal,
    i.interest_due - i.interest_paid AS interest, i.principal_due > i.principal_paid OR i.interest_due > i.interest_paid
    AS is_open, r.days_before, r.is_written, i.due_on - r.days_before AS last_on
  FROM loan l JOIN rule r USING (pack_id, product_code) JOIN installment i ON i.loan_id = l.id
  WHERE {seen("l.village_code", "l.bank_code")} AND ($5::text IS NULL OR l.village_code ^@ $5)
    AND ($6::text IS NULL OR l.product_code = $6) AND ($7::uuid IS NULL OR l.id = $7)
    AND i.cancelled_on IS NULL AND i.principal_due + i.interest_due > 0
    AND l.disbursed_on <= i.due_on - r.days_before
), given AS (
  SELECT a.*, g.reminded_on FROM asked a
  LEFT JOIN reminder g ON g.loan_id = a.loan_id AND g.due_on = a.due_on AND g.days_before = a.days_before
    AND g.reminded_on <= $4 AND coalesce(g.withdrawn_on > $4, true)
), listed AS (
  SELECT *, last_on || '/' || loan_id || '/' || days_before AS place,
    greatest(coalesce(reminded_on, least($4::date, due_on)) - last_on, 0) AS days_late
  FROM given
)
"""  # noqa: S608 - our own text
# $8 so many days ahead, $9 whether those given are shown too, $10 written ones only or null, $11 after, $12 how many.
DUE: Final = f"""
{_ASKED}
SELECT * FROM listed
WHERE is_open AND state = 'active' AND due_on >= $4::date AND last_on <= $4::date + $8::int
  AND ($9::boolean OR reminded_on IS NULL) AND ($10::boolean IS NULL OR is_written = $10)
  AND ($11::text IS NULL OR place COLLATE "C" > $11) ORDER BY place COLLATE "C" LIMIT $12
"""  # noqa: S608 - our own text
# $8 to $9 the days within which they were to be given, $10 after, $11 how many.
LATE: Final = f"""
{_ASKED}
SELECT * FROM listed l
WHERE last_on BETWEEN $8::date AND $9::date AND last_on < $4::date AND coalesce(reminded_on > last_on, true)
  AND coalesce(defaulted_on > last_on, true)
  AND (is_open OR NOT EXISTS (
    SELECT FROM repayment_part p JOIN repayment r ON r.id = p.repayment_id
    WHERE r.loan_id = l.loan_id AND p.installment_number = l.number HAVING max(r.paid_on) <= l.last_on))
  AND ($10::text IS NULL OR place COLLATE "C" > $10) ORDER BY place COLLATE "C" LIMIT $11
"""  # noqa: S608 - our own text
