"""The lines of a loan's statement beside what it received: $1 loan, $2 the moment as of which it is known."""

from typing import Final

from services.lending.accounts.known_sql import ended, holds

OTHER_LINES: Final = f"""
SELECT 'disbursement' AS kind, d.disbursed_on AS value_on, d.bank_reference, d.amount,
  CASE WHEN {ended("l.cancelled_at")} THEN l.cancelled_on END AS reversed_on,
  0.00 AS penalty, 0.00 AS surcharge, 0.00 AS interest, 0.00 AS principal, NULL AS payer, NULL AS payer_name
FROM disbursement d JOIN loan l ON l.id = d.loan_id WHERE d.loan_id = $1
UNION ALL
SELECT kind, paid_on, bank_reference, amount, reversed_on, 0.00, 0.00, 0.00, 0.00, payer, payer_name
FROM repayment
WHERE loan_id = $1 AND {holds("recorded_at")} AND {ended("reversed_at")}
UNION ALL
SELECT 'refund', decided_on, bank_reference, amount, NULL, 0.00, 0.00, 0.00, 0.00, NULL, NULL FROM refund
WHERE loan_id = $1 AND state = 'confirmed' AND {holds("decided_at")}
UNION ALL
SELECT 'default', c.confirmed_on, NULL, 0.00, CASE WHEN {ended("r.withdrawn_at")} THEN r.withdrawn_on END,
  0.00, 0.00, 0.00, 0.00, NULL, NULL
FROM default_report r JOIN default_confirmation c ON c.report_id = r.id
WHERE r.loan_id = $1 AND {holds("c.confirmed_at")}
UNION ALL
SELECT p.kind, p.value_on, NULL, p.amount, CASE WHEN {ended("r.decided_at")} THEN r.decided_on END,
  0.00, 0.00, 0.00, 0.00, NULL, NULL
FROM misuse m LEFT JOIN misuse_reversal r ON r.misuse_id = m.id AND r.state = 'confirmed'
LEFT JOIN misuse_termination e ON e.misuse_id = m.id AND e.state = 'confirmed'
CROSS JOIN LATERAL (VALUES ('misuse', m.from_on, m.amount, m.decided_at),
  ('misuse_ended', e.ended_on, 0.00, e.decided_at)) AS p (kind, value_on, amount, decided_at)
WHERE m.loan_id = $1 AND m.state = 'confirmed' AND {holds("p.decided_at")}
UNION ALL
SELECT 'write_off', v.decided_on, NULL, v.amount, CASE WHEN {ended("w.decided_at")} THEN w.decided_on END,
  0.00, 0.00, 0.00, 0.00, NULL, NULL
FROM write_off v LEFT JOIN write_off_withdrawal w ON w.write_off_id = v.id AND w.state = 'confirmed'
WHERE v.loan_id = $1 AND v.state = 'confirmed' AND {holds("v.decided_at")}
"""  # noqa: S608 - our own text
