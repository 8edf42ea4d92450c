"""Issue, renew and withdraw loan certificates; a fallen rating and a list withdraw them by themselves (ZJ-7)."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.registry.credit.certificates.queries import get_certificate
from services.registry.credit.certificates.refusals import (
    CertificateEnded,
    CertificateHeld,
    CertificateNumberTaken,
    CertificateUnknown,
    NoCertificateRule,
    WithdrawalDecided,
    WithdrawalOpen,
    WithdrawalUnknown,
)
from services.registry.credit.certificates.rules.holding import Certificate, Rating, certificate_for
from services.registry.credit.certificates.schemas import (
    CertificateDecisionIn,
    CertificateDetail,
    CertificateIn,
    CertificateRenewalIn,
    CertificateWithdrawalIn,
)
from services.registry.policy.packs.queries import get_pack_in_force
from services.registry.policy.packs.rules.schemes import own_scheme
from services.registry.register.households.refusals import HouseholdsUnknown
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.regions import county_of
from shared.scope import organisation_of

_HOUSEHOLD: Final = """
SELECT village_code, ended_on FROM household WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR UPDATE
"""
_RATING: Final = """
SELECT grade, credit_limit, valid_until, valid_from FROM rating
WHERE household_id = $1 AND bank_code IS NOT DISTINCT FROM $2
ORDER BY valid_from DESC, id DESC LIMIT 1
"""
# Also an entry of a later day: a certificate handed out before it would have been withdrawn by it.
_LISTS: Final = """
SELECT DISTINCT list_name FROM listing
WHERE household_id = $1 AND coalesce(cleared_on > $2, true) ORDER BY 1
"""
_HELD: Final = "SELECT number FROM loan_certificate WHERE household_id = $1 AND bank_code = $2 AND ended_on IS NULL"
_ISSUE: Final = """
INSERT INTO loan_certificate
  (id, household_id, bank_code, number, grade, credit_limit, cause, replaces_id, issued_on, valid_until, issued_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (bank_code, number) DO NOTHING RETURNING id
"""
_LOCK: Final = """
SELECT c.id, c.household_id, c.bank_code, c.issued_on, c.ended_on, c.end_cause, h.village_code
FROM loan_certificate c JOIN household h ON h.id = c.household_id
WHERE c.id = $1 AND c.bank_code = $2 AND h.village_code ^@ ANY ($3::text[]) FOR UPDATE OF c
"""
_END: Final = """
UPDATE loan_certificate SET ended_on = $2, end_cause = $3, ended_by = $4 WHERE id = $1 AND ended_on IS NULL
"""
_OPEN: Final = "SELECT id FROM certificate_withdrawal WHERE certificate_id = $1 AND state = 'open'"
_PROPOSE: Final = """
INSERT INTO certificate_withdrawal (id, certificate_id, cause, reason, proposed_on, proposed_by, state)
VALUES ($1, $2, $3, $4, $5, $6, 'open')
"""
_WITHDRAWAL: Final = """
SELECT w.certificate_id, w.cause, w.proposed_on, w.proposed_by, w.state FROM certificate_withdrawal w
WHERE w.id = $1 FOR UPDATE
"""
_DECIDE: Final = """
UPDATE certificate_withdrawal SET state = $2, decided_by = $3, decided_on = $4, decision_reason = $5 WHERE id = $1
"""
# A campaign's ratings against the certificates that rest on the same standard: the county's, or one bank's own ($3).
# A grade further down the scheme ($5, best first), a smaller credit limit or none ends the certificate.
_WITHDRAW_FALLEN: Final = """
UPDATE loan_certificate c SET ended_on = greatest($2, c.issued_on), end_cause = 'rating_fell'
FROM rating r
WHERE r.campaign_id = $1 AND r.household_id = c.household_id AND c.ended_on IS NULL
  AND CASE WHEN $3::text IS NULL THEN c.bank_code <> ALL ($4::text[]) ELSE c.bank_code = $3 END
  AND (coalesce(r.credit_limit, 0) < c.credit_limit
    OR array_position($5::text[], r.grade) > array_position($5::text[], c.grade))
"""
_WITHDRAW_OF: Final = """
UPDATE loan_certificate SET ended_on = greatest($2, issued_on), end_cause = $3
WHERE household_id = ANY ($1::uuid[]) AND ended_on IS NULL
"""


async def issue_certificate(conn: Connection, officer: Principal, body: CertificateIn) -> CertificateDetail:
    """Hand a household the certificate of its rating; it holds as long as the rating does.

    Raises:
        OrganisationMissing, HouseholdsUnknown, NoPackInForce, NoCertificateRule, CertificateHeld,
        DateBeforeStep, CertificateNeedsRating, ListedMayNotHoldCertificate, CertificateNumberTaken
    """
    bank = organisation_of(officer)
    household = await conn.fetchrow(_HOUSEHOLD, body.household_id, officer.regions_for(Right.CERTIFICATES_ISSUE))
    if household is None or (household["ended_on"] is not None and household["ended_on"] <= body.issued_on):
        raise HouseholdsUnknown([body.household_id])
    found = await _certificate(conn, bank, body.household_id, household["village_code"], body.issued_on)
    held = await conn.fetchval(_HELD, body.household_id, bank)
    if held is not None:
        raise CertificateHeld(held)
    return await _issue(conn, officer, bank, body.household_id, body.number, "first", None, found, body.issued_on)


async def renew_certificate(
    conn: Connection, officer: Principal, certificate_id: UUID, body: CertificateRenewalIn
) -> CertificateDetail:
    """Put a new certificate, of the rating that holds now, in the place of one that is renewed or was lost.

    Raises:
        OrganisationMissing, CertificateUnknown, CertificateEnded, DateBeforeStep, NoPackInForce, NoCertificateRule,
        CertificateNeedsRating, ListedMayNotHoldCertificate, CertificateNumberTaken
    """
    former = await _locked(conn, officer, Right.CERTIFICATES_ISSUE, certificate_id)
    bank, household = former["bank_code"], former["household_id"]
    ensure_not_before("issued_on", body.issued_on, "former_issued_on", former["issued_on"])
    found = await _certificate(conn, bank, household, former["village_code"], body.issued_on)
    await conn.execute(_END, certificate_id, body.issued_on, body.cause, officer.subject)
    return await _issue(conn, officer, bank, household, body.number, body.cause, certificate_id, found, body.issued_on)


async def propose_withdrawal(
    conn: Connection, officer: Principal, certificate_id: UUID, body: CertificateWithdrawalIn
) -> CertificateDetail:
    """Propose to withdraw a certificate, for example because the wrong person got it; another officer decides.

    Raises:
        OrganisationMissing, CertificateUnknown, CertificateEnded, DateBeforeStep, WithdrawalOpen
    """
    certificate = await _locked(conn, officer, Right.CERTIFICATES_ISSUE, certificate_id)
    ensure_not_before("proposed_on", body.proposed_on, "issued_on", certificate["issued_on"])
    still_open = await conn.fetchval(_OPEN, certificate_id)
    if still_open is not None:
        raise WithdrawalOpen(still_open)
    await conn.execute(_PROPOSE, new_id(), certificate_id, body.cause, body.reason, body.proposed_on, officer.subject)
    return await get_certificate(conn, certificate_id, body.proposed_on)


async def decide_withdrawal(
    conn: Connection, officer: Principal, withdrawal_id: UUID, body: CertificateDecisionIn
) -> CertificateDetail:
    """Accept or reject what another officer proposed; accepted, the certificate holds no more from that day.

    Raises:
        OrganisationMissing, WithdrawalUnknown, CertificateUnknown, WithdrawalDecided, MakerIsChecker, DateBeforeStep,
        CertificateEnded
    """
    proposal = await conn.fetchrow(_WITHDRAWAL, withdrawal_id)
    if proposal is None:
        raise WithdrawalUnknown(withdrawal_id)
    certificate_id, accepts = proposal["certificate_id"], body.decision == "accept"
    certificate = await _locked(conn, officer, Right.CERTIFICATES_DECIDE, certificate_id, ended=True)
    if proposal["state"] != "open":
        raise WithdrawalDecided(proposal["state"])
    if proposal["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", proposal["proposed_on"])
    if accepts and certificate["ended_on"] is not None:
        raise CertificateEnded(certificate["ended_on"], certificate["end_cause"])
    state = "accepted" if accepts else "rejected"
    await conn.execute(_DECIDE, withdrawal_id, state, officer.subject, body.decided_on, body.reason)
    if accepts:
        await conn.execute(_END, certificate_id, body.decided_on, proposal["cause"], officer.subject)
    return await get_certificate(conn, certificate_id, body.decided_on)


async def withdraw_fallen(
    conn: Connection,
    campaign_id: UUID,
    on: date,
    bank_code: str | None,
    banks_with_own: Sequence[str],
    grades: Sequence[str],
) -> None:
    """Withdraw the certificates of households whose rating fell or was taken away by a campaign, in one statement."""
    await conn.execute(_WITHDRAW_FALLEN, campaign_id, on, bank_code, list(banks_with_own), list(grades))


async def withdraw_of_fallen(conn: Connection, household_id: UUID, on: date) -> None:
    """Withdraw the certificates of a household whose rating fell at a visit."""
    await conn.execute(_WITHDRAW_OF, [household_id], on, "rating_fell")


async def withdraw_listed(conn: Connection, household_ids: Sequence[UUID], on: date) -> None:
    """Withdraw the certificates of households that come onto a list on a day."""
    await conn.execute(_WITHDRAW_OF, list(household_ids), on, "listed")


async def withdraw_with_household(conn: Connection, household_id: UUID, ended_on: date, ended_by: str) -> None:
    """Withdraw the certificates of a household that ends."""
    await conn.execute(_WITHDRAW_OF, [household_id], ended_on, "household_ended")


async def _certificate(conn: Connection, bank: str, household_id: UUID, village_code: str, on: date) -> Certificate:
    scheme = (await get_pack_in_force(conn, village_code, on)).pack.rating_scheme()
    if not scheme.loan_certificates:
        raise NoCertificateRule(county_of(village_code))
    standard = bank if own_scheme(scheme, bank) is not None else None
    row = await conn.fetchrow(_RATING, household_id, standard)
    if row is not None:
        ensure_not_before("issued_on", on, "rating_valid_from", row["valid_from"])
    lists = [each["list_name"] for each in await conn.fetch(_LISTS, household_id, on)]
    rating = Rating(row["grade"], row["credit_limit"], row["valid_until"]) if row else None
    return certificate_for(rating, lists, on)


async def _issue(
    conn: Connection,
    officer: Principal,
    bank: str,
    household_id: UUID,
    number: str,
    cause: str,
    replaces_id: UUID | None,
    found: Certificate,
    on: date,
) -> CertificateDetail:
    terms = (found.grade, found.credit_limit, cause, replaces_id, on, found.valid_until, officer.subject)
    certificate_id = await conn.fetchval(_ISSUE, new_id(), household_id, bank, number, *terms)
    if certificate_id is None:
        raise CertificateNumberTaken(number)
    return await get_certificate(conn, certificate_id, on)


async def _locked(
    conn: Connection, officer: Principal, right: Right, certificate_id: UUID, *, ended: bool = False
) -> Record:
    """Return the certificate of the officer's bank, locked; one that has ended only where that does not matter."""
    row = await conn.fetchrow(_LOCK, certificate_id, organisation_of(officer), officer.regions_for(right))
    if row is None:
        raise CertificateUnknown(certificate_id)
    if row["ended_on"] is not None and not ended:
        raise CertificateEnded(row["ended_on"], row["end_cause"])
    return row
