"""Setting a loan's class worse than the rule gives, and lifting that again: one officer proposes, another confirms."""

from typing import Final
from uuid import UUID

from services.lending.accounts.actions.restating import lock
from services.lending.classes.queries import CLASS_REVIEWS, class_on
from services.lending.classes.refusals import ClassReviewOnFile
from services.lending.classes.rules.reviews import ensure_reviewable
from services.lending.classes.schemas import ClassReviewIn, ClassReviewOut
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal, Right
from shared.db import Connection
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
    return await CLASS_REVIEWS.one(conn, review_id, _scope(officer))


async def decide_review(conn: Connection, officer: Principal, review_id: UUID, body: DecisionIn) -> ClassReviewOut:
    """Confirm or refuse a proposed class; confirmed, it holds from that day.

    Raises: OrganisationMissing, ClassReviewUnknown, CorrectionDecided, MakerIsChecker, DateBeforeStep.
    """
    scope = _scope(officer)
    await take_up(conn, CLASS_REVIEWS, officer, review_id, body, scope)
    await decide(conn, CLASS_REVIEWS, officer, review_id, body)
    return await CLASS_REVIEWS.one(conn, review_id, scope)


async def withdraw_review(
    conn: Connection, officer: Principal, review_id: UUID, body: CorrectionWithdrawalIn
) -> ClassReviewOut:
    """Withdraw one's own proposal.

    Raises: OrganisationMissing, ClassReviewUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, CLASS_REVIEWS, officer, review_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.CLASSES_REVIEW)
