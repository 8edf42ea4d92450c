"""Projects, grants, agreements and dividends: where each stands, who decided, and each yuan anew (SB6)."""

from typing import Final

# A project stands where the last step that counts left it; a struck step was struck by two persons, and once.
_STEPS: Final = """
SELECT p.id::text, v.what, v.expected, v.found
FROM project p
LEFT JOIN LATERAL (SELECT state_after FROM project_step s WHERE s.project_id = p.id AND NOT s.struck
  ORDER BY number DESC LIMIT 1) l ON true
LEFT JOIN (SELECT project_id, count(*) FILTER (WHERE struck) AS struck FROM project_step GROUP BY 1) s
  ON s.project_id = p.id
LEFT JOIN (SELECT subject_id, count(*) AS confirmed FROM reversal WHERE subject = 'project_step'
  AND state = 'confirmed' GROUP BY 1) r ON r.subject_id = p.id
CROSS JOIN LATERAL (VALUES
  ('state by its last step', l.state_after, p.state),
  ('steps struck by two persons', coalesce(r.confirmed, 0)::text, coalesce(s.struck, 0)::text)
) AS v (what, expected, found)
"""
_GRANTS: Final = """
SELECT g.id::text, v.what, v.expected, v.found
FROM household_grant g JOIN grant_list l ON l.id = g.list_id
LEFT JOIN grant_standard s ON s.id = g.standard_id
LEFT JOIN (SELECT grant_id, sum(amount) AS amount FROM grant_transfer WHERE state = 'paid' GROUP BY 1) t
  ON t.grant_id = g.id
LEFT JOIN (SELECT grant_id, sum(amount) AS amount FROM clawback WHERE grant_id IS NOT NULL GROUP BY 1) c
  ON c.grant_id = g.id
CROSS JOIN LATERAL (VALUES
  ('paid by confirmed transfers', CASE WHEN g.state IN ('paid', 'taken_back') THEN g.amount ELSE 0 END,
    coalesce(t.amount, 0)),
  ('owed of what was taken back', coalesce(c.amount, 0), g.taken_back),
  ('at most by its standard', CASE WHEN g.state = 'proposed' THEN g.amount
    ELSE least(g.amount, g.units * s.amount) END, g.amount),
  ('listed and decided by two persons', 0::numeric, coalesce(l.decided_by = l.proposed_by, false)::int::numeric)
) AS v (what, expected, found)
"""
_MEASURES: Final = """
SELECT m.id::text, v.what, v.expected, v.found
FROM project_measure m
LEFT JOIN (SELECT measure_id, sum(amount) AS amount FROM project_receipt WHERE reversed_on IS NULL GROUP BY 1) r
  ON r.measure_id = m.id
LEFT JOIN (SELECT DISTINCT ON (subject_id) subject_id, amount FROM reversal
  WHERE subject = 'project_measure' AND state = 'confirmed' ORDER BY subject_id, decided_at DESC) w
  ON w.subject_id = m.id
CROSS JOIN LATERAL (VALUES
  ('lowered by two persons', coalesce(m.amount - w.amount, 0), m.waived),
  ('came in, at most what is asked for', least(coalesce(r.amount, 0), coalesce(m.amount, 0) - m.waived),
    coalesce(r.amount, 0)),
  ('decided by two persons', 0::numeric, coalesce(m.decided_by = m.proposed_by, false)::int::numeric)
) AS v (what, expected, found)
UNION ALL
SELECT r.id::text, v.what, v.expected, v.found
FROM project_receipt r
LEFT JOIN (SELECT receipt_id, sum(amount) AS amount FROM project_receipt_part GROUP BY 1) p ON p.receipt_id = r.id
LEFT JOIN (SELECT subject_id, count(*) AS confirmed FROM reversal WHERE subject = 'project_receipt'
  AND state = 'confirmed' GROUP BY 1) b ON b.subject_id = r.id
CROSS JOIN LATERAL (VALUES
  ('went to programmes', r.amount, coalesce(p.amount, r.amount)),
  ('reversed by two persons', coalesce(b.confirmed, 0)::numeric, (r.reversed_on IS NOT NULL)::int::numeric)
) AS v (what, expected, found)
"""
# A counter-entry takes exactly what it reverses, once, and two persons wanted it.
_COUNTER_ENTRIES: Final = """
WITH entries AS (
  SELECT 'principal_receipt' AS subject, id, amount, reverses_id FROM principal_receipt
  UNION ALL SELECT 'dividend_payment', id, amount, reverses_id FROM dividend_payment
  UNION ALL SELECT 'lease_entry', id, amount, reverses_id FROM lease_entry
)
SELECT e.id::text, v.what, v.expected, v.found
FROM entries e LEFT JOIN entries b ON b.reverses_id = e.id AND b.subject = e.subject
LEFT JOIN (SELECT subject, subject_id, count(*) AS confirmed FROM reversal WHERE state = 'confirmed'
  GROUP BY 1, 2) r
  ON r.subject = e.subject AND r.subject_id = e.id
CROSS JOIN LATERAL (VALUES
  ('taken back whole', coalesce(-b.amount, e.amount), e.amount),
  ('confirmed reversals of it', least(coalesce(r.confirmed, 0), (b.id IS NOT NULL)::int)::numeric,
    coalesce(r.confirmed, 0)::numeric)
) AS v (what, expected, found) WHERE e.reverses_id IS NULL
UNION ALL
SELECT id::text, 'proposed and confirmed by two persons', 0::numeric, (decided_by = proposed_by)::int::numeric
FROM reversal WHERE decided_by IS NOT NULL
"""
_AGREEMENTS: Final = """
SELECT a.id::text, v.what, v.expected, v.found
FROM agreement a
LEFT JOIN (SELECT agreement_id, version, sum(grant_amount) AS amount FROM agreement_share GROUP BY 1, 2) s
  ON s.agreement_id = a.id AND s.version = a.version
LEFT JOIN agreement_termination t ON t.agreement_id = a.id AND t.state = 'accepted'
LEFT JOIN (SELECT agreement_id, sum(amount) AS amount FROM principal_receipt GROUP BY 1) p ON p.agreement_id = a.id
LEFT JOIN (SELECT agreement_id, sum(amount) AS amount FROM security_release GROUP BY 1) r ON r.agreement_id = a.id
LEFT JOIN (SELECT t.agreement_id, t.version, sum((each->>'value')::numeric) AS amount FROM agreement_terms t
  CROSS JOIN LATERAL jsonb_array_elements(t.terms->'securities') AS each GROUP BY 1, 2) w
  ON w.agreement_id = a.id AND w.version = a.version
CROSS JOIN LATERAL (VALUES
  ('principal that is owed', CASE WHEN t.id IS NULL THEN 0 ELSE coalesce(s.amount, 0) END, coalesce(t.principal, 0)),
  ('principal came back, at most what is owed', least(coalesce(p.amount, 0), coalesce(t.principal, 0)),
    coalesce(p.amount, 0)),
  ('security released, at most what there is', least(coalesce(r.amount, 0), coalesce(w.amount, 0)),
    coalesce(r.amount, 0)),
  ('confirmed by another person', 0::numeric,
    coalesce(a.confirmed_by IN (a.drafted_by, a.signed_by), false)::int::numeric)
) AS v (what, expected, found)
"""
# A year's dividend from its terms alone: rates on grant and loans by the year's days, or the share of the yield.
_DIVIDENDS: Final = """
WITH approved AS (
  SELECT r.agreement_id, r.year_number, sum(r.amount) AS amount, max(r.id::text)::uuid AS last_id
  FROM dividend_run r WHERE r.state = 'approved' GROUP BY 1, 2
), derived AS (
  SELECT a.agreement_id, a.year_number, a.amount, r.yield_amount, m.terms, s.grants, s.loans, a.year_number AS k,
    (r.period_until - r.period_from)::numeric AS days, (m.terms->>'valid_from')::date AS begins
  FROM approved a JOIN dividend_run r ON r.id = a.last_id
  JOIN agreement_terms m ON m.agreement_id = a.agreement_id AND m.version = r.agreement_version
  CROSS JOIN LATERAL (SELECT sum(grant_amount) AS grants, sum(loan_amount) AS loans FROM agreement_share s
    WHERE s.agreement_id = a.agreement_id AND s.version = r.agreement_version) s
), rated AS (
  SELECT d.*, ((d.begins + make_interval(years => k))::date - (d.begins + make_interval(years => k - 1))::date)::numeric
      AS whole, coalesce((d.terms->'grant_rates'->>(k - 1))::numeric, 0) AS grant_rate,
    coalesce((d.terms->'loan_rates'->>(k - 1))::numeric, 0) AS loan_rate FROM derived d
)
SELECT agreement_id::text || ' ' || year_number, 'dividend of the year by its terms',
  CASE WHEN terms->>'dividend_form' = 'equity' THEN round(yield_amount * (terms->>'household_share')::numeric, 2)
    ELSE round(grants * grant_rate * days / (100 * whole), 2) + round(loans * loan_rate * days / (100 * whole), 2) END,
  amount
FROM rated
UNION ALL
SELECT r.id::text, 'sum of its lines', coalesce(sum(l.amount), 0), r.amount
FROM dividend_run r LEFT JOIN dividend_line l ON l.run_id = r.id GROUP BY r.id, r.amount
UNION ALL
SELECT r.id::text, 'three persons', 0, (r.prepared_by = r.reviewed_by OR r.decided_by IN (r.prepared_by, r.reviewed_by)
  )::int FROM dividend_run r WHERE r.state = 'approved'
UNION ALL
SELECT p.agreement_id::text || ' ' || p.household_id, 'paid, at most what was granted', least(p.amount,
  coalesce(g.amount, 0)), p.amount
FROM (SELECT agreement_id, household_id, sum(amount) AS amount FROM dividend_payment GROUP BY 1, 2) p
LEFT JOIN (SELECT r.agreement_id, l.household_id, sum(greatest(l.amount, 0)) AS amount FROM dividend_run r
  JOIN dividend_line l ON l.run_id = r.id WHERE r.state = 'approved' GROUP BY 1, 2) g
  ON g.agreement_id = p.agreement_id AND g.household_id = p.household_id
UNION ALL
SELECT d.id::text, 'paid out of security, at most what was drawn', least(d.amount, coalesce(p.amount, 0)),
  coalesce(p.amount, 0)
FROM security_draw d LEFT JOIN (SELECT security_draw_id, sum(amount) AS amount FROM dividend_payment
  WHERE security_draw_id IS NOT NULL GROUP BY 1) p ON p.security_draw_id = d.id
"""
BENEFITS: Final = (_STEPS, _GRANTS, _MEASURES, _COUNTER_ENTRIES, _AGREEMENTS, _DIVIDENDS)
