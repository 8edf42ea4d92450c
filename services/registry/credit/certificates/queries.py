"""Named reads of loan certificates."""

from datetime import date
from uuid import UUID

from services.registry.credit.certificates.refusals import CertificateUnknown
from services.registry.credit.certificates.schemas import (
    CertificateDetail,
    CertificateOut,
    CertificateState,
    CertificateWithdrawalOut,
)
from shared.access import Principal, Right
from shared.db import Connection
from shared.scope import scope_of, seen

# As of the day $1: one that was ended later held, or had run out, on that day.
_CERTIFICATES = """
SELECT c.id, c.household_id, h.number AS household_number, h.village_code, c.bank_code, c.number, c.grade,
       c.credit_limit, c.cause, c.replaces_id, c.issued_on, c.valid_until, c.issued_by, s.state,
       CASE WHEN s.state = 'ended' THEN c.ended_on END AS ended_on,
       CASE WHEN s.state = 'ended' THEN c.end_cause END AS end_cause,
       CASE WHEN s.state = 'ended' THEN c.ended_by END AS ended_by
FROM loan_certificate c JOIN household h ON h.id = c.household_id
CROSS JOIN LATERAL (
  SELECT CASE WHEN c.ended_on <= $1 THEN 'ended' WHEN c.valid_until <= $1 THEN 'expired' ELSE 'held' END AS state
) s
"""
_LIST = f"""{_CERTIFICATES}
WHERE c.issued_on <= $1 AND h.village_code ^@ $2 AND {seen("h.village_code", "c.bank_code", regions="$3", banks="$4")}
  AND ($5::text IS NULL OR s.state = $5) AND ($6::uuid IS NULL OR c.household_id = $6)
  AND ($7::uuid IS NULL OR c.id > $7)
ORDER BY c.id LIMIT $8
"""
_ONE = f"{_CERTIFICATES} WHERE c.id = $2"
_WITHDRAWALS = """
SELECT id, cause, reason, proposed_on, proposed_by, state, decided_by, decided_on, decision_reason
FROM certificate_withdrawal WHERE certificate_id = $1 ORDER BY id
"""


async def list_certificates(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    as_of: date,
    state: CertificateState | None,
    household: UUID | None,
    after: UUID | None,
    limit: int,
) -> list[CertificateOut]:
    """Return up to `limit` certificates as they stood on a day, a bank's officers those of their bank."""
    scope = scope_of(officer, Right.CERTIFICATES_READ)
    rows = await conn.fetch(_LIST, as_of, region, scope.regions, scope.banks, state, household, after, limit)
    return [CertificateOut(**row) for row in rows]


async def get_certificate_for(
    conn: Connection, officer: Principal, certificate_id: UUID, as_of: date
) -> CertificateDetail:
    """Return a certificate that the officer may see.

    Raises:
        CertificateUnknown
    """
    row = await conn.fetchrow(_ONE, as_of, certificate_id)
    scope = scope_of(officer, Right.CERTIFICATES_READ)
    if row is None or not scope.sees(row["village_code"], row["bank_code"]):
        raise CertificateUnknown(certificate_id)
    return await get_certificate(conn, certificate_id, as_of)


async def get_certificate(conn: Connection, certificate_id: UUID, as_of: date) -> CertificateDetail:
    """Return a certificate with the proposals to withdraw it.

    Raises:
        CertificateUnknown
    """
    row = await conn.fetchrow(_ONE, as_of, certificate_id)
    if row is None:
        raise CertificateUnknown(certificate_id)
    proposals = [CertificateWithdrawalOut(**each) for each in await conn.fetch(_WITHDRAWALS, certificate_id)]
    return CertificateDetail(**row, withdrawals=proposals)
