"""Setting a loan's class worse than the rule gives, and lifting that again: one officer proposes, another confirms."""

from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import lock
from services.lending.accounts.refusals import CorrectionDecided, OnlyTheProposer
from services.lending.accounts.schemas import CorrectionWithdrawalIn, DecisionIn
from services.lending.classes.queries import class_on, get_review
from services.lending.classes.refusals import ClassReviewOnFile, ClassReviewUnknown
from services.lending.classes.rules.reviews import ensure_reviewable
from services.lending.classes.schemas import ClassReviewIn, ClassReviewOut
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.scope import Scope, organisation_of

_LOAN: Final = """
SELECT l.bank_code, (SELECT id FROM class_review v WHERE v.loan_id = l.id AND v.state = 'proposed') AS open_review
FROM loan l WHERE l.id = $1 AND l.village_code ^@ ANY ($2::text[])
"""
_PROPOSE: Final = """
INSERT INTO class_review (id, loan_id, bank_code, loan_class, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_LOCK: Final = """
SELECT v.state, v.proposed_on, v.proposed_by FROM class_review v JOIN loan l ON l.id = v.loan_id
WHERE v.id = $1 AND v.bank_code = $2 AND l.village_code ^@ ANY ($3::text[]) FOR UPDATE OF v
"""
_DECIDE: Final = """
UPDATE class_review SET state = $2, decided_on = $3, decided_by = $4, decided_at = clock_timestamp(),
  decision_reason = $5
WHERE id = $1
"""


async def propose_review(conn: Connection, officer: Principal, loan_id: UUID, body: ClassReviewIn) -> ClassReviewOut:
    """Propose a class worse than the rule's, or to lift the one that officers set.

    Raises:
        OrganisationMissing, LoanUnknown, LoanOfAnotherBank, ClassReviewOnFile, LoanNotClassified, ClassNotWorse,
        NoClassToLift, DateBeforeStep
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.CLASSES_REVIEW)
    await lock(conn, [loan_id])  # in a statement of its own, so that the next one sees what others proposed
    loan = await conn.fetchrow(_LOAN, loan_id, regions)
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    if loan["open_review"] is not None:
        raise ClassReviewOnFile(loan["open_review"])
    found = await class_on(conn, loan_id, Scope.within(regions, bank), body.proposed_on)
    ensure_reviewable(body.loan_class, found.by_rule, found.set_class)
    review_id = new_id()
    words = (body.loan_class, body.reason, body.proposed_on)
    await conn.execute(_PROPOSE, review_id, loan_id, bank, *words, officer.subject)
    return await get_review(conn, review_id, Scope.within(regions, bank))


async def decide_review(conn: Connection, officer: Principal, review_id: UUID, body: DecisionIn) -> ClassReviewOut:
    """Confirm or refuse a proposed class; confirmed, it holds from that day.

    Raises: OrganisationMissing, ClassReviewUnknown, CorrectionDecided, MakerIsChecker, DateBeforeStep.
    """
    review = await _open(conn, officer, review_id)
    if review["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", review["proposed_on"])
    state = "confirmed" if body.decision == "confirm" else "refused"
    await conn.execute(_DECIDE, review_id, state, body.decided_on, officer.subject, body.reason)
    return await get_review(conn, review_id, _scope(officer))


async def withdraw_review(
    conn: Connection, officer: Principal, review_id: UUID, body: CorrectionWithdrawalIn
) -> ClassReviewOut:
    """Withdraw one's own proposal.

    Raises: OrganisationMissing, ClassReviewUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    review = await _open(conn, officer, review_id)
    if review["proposed_by"] != officer.subject:
        raise OnlyTheProposer(review["proposed_by"])
    ensure_not_before("withdrawn_on", body.withdrawn_on, "proposed_on", review["proposed_on"])
    await conn.execute(_DECIDE, review_id, "withdrawn", body.withdrawn_on, officer.subject, body.reason)
    return await get_review(conn, review_id, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return Scope.within(officer.regions_for(Right.CLASSES_REVIEW), organisation_of(officer))


async def _open(conn: Connection, officer: Principal, review_id: UUID) -> Any:
    regions = officer.regions_for(Right.CLASSES_REVIEW)
    review = await conn.fetchrow(_LOCK, review_id, organisation_of(officer), regions)
    if review is None:
        raise ClassReviewUnknown(review_id)
    if review["state"] != "proposed":
        raise CorrectionDecided(review["state"])
    return review
