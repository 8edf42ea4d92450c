"""Named reads of agreements."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.refusals import AgreementUnknown
from services.subsidy.agreements.schemas import (
    AgreementCorrectionOut,
    AgreementDelegateOut,
    AgreementDetail,
    AgreementDutyOut,
    AgreementOut,
    AgreementTerminationOut,
    SecurityReleaseOut,
)
from shared.db import Connection

_AGREEMENTS: Final = """
SELECT a.*, n.id AS followed_by_id, coalesce(s.household_count, 0) AS household_count,
  coalesce(s.grant_amount, 0.00) AS grant_amount, coalesce(s.loan_amount, 0.00) AS loan_amount
FROM agreement a
LEFT JOIN agreement n ON n.follows_id = a.id AND n.state <> 'withdrawn'
LEFT JOIN LATERAL (SELECT count(*) AS household_count, sum(grant_amount) AS grant_amount,
    sum(loan_amount) AS loan_amount FROM agreement_share s
  WHERE s.agreement_id = a.id AND s.version = a.version) s ON true
WHERE a.region_code ^@ ANY ($1::text[])
"""
_ONE: Final = f"{_AGREEMENTS} AND a.id = $2"
_LIST: Final = f"""{_AGREEMENTS}
  AND a.region_code ^@ $2 AND ($3::text IS NULL OR a.state = $3) AND ($4::text IS NULL OR a.kind = $4)
  AND ($5::uuid IS NULL OR EXISTS (SELECT FROM agreement_share h
    WHERE h.agreement_id = a.id AND h.version = a.version AND h.household_id = $5))
  AND ($6::uuid IS NULL OR a.id > $6) ORDER BY a.id LIMIT $7
"""
_TERMS: Final = "SELECT terms FROM agreement_terms WHERE agreement_id = $1 AND version = $2"
_SHARES: Final = """
SELECT household_id::text, grant_amount::text, loan_amount::text, area_mu::text FROM agreement_share
WHERE agreement_id = $1 AND version = $2 ORDER BY household_id
"""
_DELEGATES: Final = """
SELECT name AS delegate_name, from_on FROM agreement_delegate WHERE agreement_id = $1 ORDER BY from_on
"""
_CORRECTIONS: Final = """
SELECT version, state, reason, proposed_by, proposed_on, decided_by, decided_on
FROM agreement_terms WHERE agreement_id = $1 AND version > 1 ORDER BY version
"""
_TERMINATION: Final = """
SELECT t.*, (SELECT coalesce(sum(amount), 0.00) FROM principal_receipt r WHERE r.agreement_id = t.agreement_id)
  AS principal_received, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'amount', r.amount::text,
    'received_on', r.received_on, 'bank_reference', r.bank_reference, 'recorded_by', r.recorded_by,
    'reversed_on', b.received_on) ORDER BY r.id), '[]')
  FROM principal_receipt r LEFT JOIN principal_receipt b ON b.reverses_id = r.id
  WHERE r.agreement_id = t.agreement_id AND r.reverses_id IS NULL) AS receipts
FROM agreement_termination t WHERE t.agreement_id = $1 ORDER BY t.id DESC LIMIT 1
"""
_RELEASES: Final = """
SELECT valuation_document, amount, released_on FROM security_release WHERE agreement_id = $1 ORDER BY id
"""
# Read on any day, so that no duty can be lost: what is open follows from what was done by then.
_DUTIES: Final = """
WITH held AS (
  SELECT a.*, NOT EXISTS (SELECT FROM agreement n WHERE n.follows_id = a.id AND n.confirmed_on <= $2) AS unfollowed
  FROM agreement a WHERE a.region_code ^@ ANY ($1::text[]) AND a.confirmed_on <= $2
)
SELECT h.id AS agreement_id, h.number, h.region_code, 'renewal' AS duty, h.valid_until AS due_on,
  NULL::numeric AS amount
FROM held h WHERE h.unfollowed AND coalesce(h.ended_on > $2, true) AND h.valid_until <= $2 + $3::int
UNION ALL
SELECT h.id, h.number, h.region_code, 'successor_entity', h.ended_on, NULL
FROM held h JOIN agreement_termination t ON t.agreement_id = h.id AND t.state = 'accepted' AND t.needs_successor
WHERE h.unfollowed AND h.ended_on <= $2
UNION ALL
SELECT h.id, h.number, h.region_code, 'principal', t.principal_due_on, t.principal - coalesce(r.amount, 0)
FROM held h JOIN agreement_termination t ON t.agreement_id = h.id AND t.state = 'accepted'
LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM principal_receipt r
  WHERE r.agreement_id = h.id AND r.received_on <= $2) r ON true
WHERE t.ends_on <= $2 AND t.principal > coalesce(r.amount, 0)
UNION ALL
SELECT h.id, h.number, h.region_code, 'entrustment', h.valid_from, NULL
FROM held h WHERE h.kind = 'entity_household' AND h.dividend_form <> 'linkage' AND coalesce(h.ended_on > $2, true)
  AND h.valid_until > $2 AND NOT EXISTS (SELECT FROM held e WHERE e.kind = 'township_entity'
    AND e.entity_id = h.entity_id AND coalesce(e.ended_on, e.valid_until) > $2
    AND h.region_code ^@ left(e.region_code, 9))
UNION ALL
SELECT h.id, h.number, h.region_code, 'dividend_run', y.until, NULL
FROM held h CROSS JOIN LATERAL (
  SELECT k, least((h.valid_from + make_interval(years => k))::date, coalesce(h.ended_on, h.valid_until)) AS until
  FROM generate_series(1, 50) AS k
  WHERE (h.valid_from + make_interval(years => k - 1))::date < coalesce(h.ended_on, h.valid_until)) y
WHERE h.kind = 'entity_household' AND y.until <= $2 AND NOT EXISTS (SELECT FROM dividend_run r
    WHERE r.agreement_id = h.id AND r.year_number = y.k AND r.state = 'approved' AND r.decided_on <= $2)
  AND (h.dividend_form <> 'linkage' OR EXISTS (SELECT FROM agreement_terms m WHERE m.agreement_id = h.id
    AND m.version = h.version
    AND jsonb_array_length(m.terms->'grant_rates') + jsonb_array_length(m.terms->'loan_rates') > 0))
UNION ALL
SELECT h.id, h.number, h.region_code, 'dividend_arrears', d.due_on, d.amount - coalesce(p.amount, 0)
FROM held h JOIN LATERAL (SELECT min(r.due_on) AS due_on, sum(l.amount) AS amount FROM dividend_run r
  JOIN dividend_line l ON l.run_id = r.id
  WHERE r.agreement_id = h.id AND r.state = 'approved' AND r.due_on < $2 AND r.decided_on <= $2) d ON true
LEFT JOIN LATERAL (SELECT sum(amount) AS amount FROM dividend_payment p
  WHERE p.agreement_id = h.id AND p.paid_on <= $2) p ON true
WHERE d.amount > coalesce(p.amount, 0)
UNION ALL
SELECT h.id, h.number, h.region_code, 'security', greatest(h.valid_from, gone.last_on),
  h.security_needed - worth.amount + gone.amount
FROM held h CROSS JOIN LATERAL (SELECT coalesce(sum((each->>'value')::numeric), 0.00) AS amount
  FROM agreement_terms m CROSS JOIN LATERAL jsonb_array_elements(m.terms->'securities') AS each
  WHERE m.agreement_id = h.id AND m.version = h.version AND (each->>'valued_on')::date <= $2) worth
CROSS JOIN LATERAL (SELECT coalesce(sum(g.amount), 0.00) AS amount, max(g.on) AS last_on FROM (
  SELECT amount, released_on AS on FROM security_release WHERE agreement_id = h.id AND released_on <= $2
  UNION ALL SELECT amount, decided_on FROM security_draw
  WHERE agreement_id = h.id AND state = 'accepted' AND decided_on <= $2) g) gone
WHERE coalesce(h.ended_on > $2, true) AND (h.valid_until > $2 OR h.unfollowed)
  AND worth.amount - gone.amount < h.security_needed
UNION ALL
SELECT h.id, h.number, h.region_code, 'lease_service', y.until, NULL
FROM held h CROSS JOIN LATERAL (
  SELECT k, least((h.valid_from + make_interval(years => k))::date, coalesce(h.ended_on, h.valid_until)) AS until
  FROM generate_series(1, 50) AS k
  WHERE (h.valid_from + make_interval(years => k - 1))::date < coalesce(h.ended_on, h.valid_until)) y
JOIN agreement_terms m ON m.agreement_id = h.id AND m.version = h.version
CROSS JOIN LATERAL jsonb_array_elements_text(m.terms->'lease_services') AS promised
WHERE y.until <= $2 AND NOT EXISTS (SELECT FROM lease_service s
  WHERE s.agreement_id = h.id AND s.year_number = y.k AND s.service = promised AND s.served_on <= $2
    AND coalesce(s.reversed_on > $2, true))
GROUP BY 1, 2, 3, 5
ORDER BY due_on, number, duty
"""


async def get_agreement(conn: Connection, regions: Sequence[str], agreement_id: UUID) -> AgreementDetail:
    """Return one agreement of these regions with all that was done about it.

    Raises:
        AgreementUnknown: there is none.
    """
    row = await conn.fetchrow(_ONE, list(regions), agreement_id)
    if row is None:
        raise AgreementUnknown(agreement_id)
    terms: dict[str, Any] = dict(await conn.fetchval(_TERMS, agreement_id, row["version"]))
    terms["shares"] = [dict(each) for each in await conn.fetch(_SHARES, agreement_id, row["version"])]
    ending: Any = await conn.fetchrow(_TERMINATION, agreement_id)
    return AgreementDetail(
        **row,
        terms=terms,
        delegates=[AgreementDelegateOut(**each) for each in await conn.fetch(_DELEGATES, agreement_id)],
        corrections=[AgreementCorrectionOut(**each) for each in await conn.fetch(_CORRECTIONS, agreement_id)],
        security_releases=[SecurityReleaseOut(**each) for each in await conn.fetch(_RELEASES, agreement_id)],
        termination=None if ending is None else AgreementTerminationOut(**ending),
    )


async def list_agreements(
    conn: Connection,
    regions: Sequence[str],
    *,
    region: str,
    state: str | None,
    kind: str | None,
    household: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[AgreementOut]:
    """Return up to `limit` agreements of a region in the order of their drafting."""
    rows = await conn.fetch(_LIST, list(regions), region, state, kind, household, after, limit)
    return [AgreementOut(**row) for row in rows]


async def list_duties(
    conn: Connection, regions: Sequence[str], as_of: date, within_days: int
) -> list[AgreementDutyOut]:
    """Return what is to be done about agreements on a day, by its due day (ZJ-2b, ZJ-4(d), ZJ-5(d), (e))."""
    return [AgreementDutyOut(**row) for row in await conn.fetch(_DUTIES, list(regions), as_of, within_days)]
