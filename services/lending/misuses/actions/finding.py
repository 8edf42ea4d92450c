"""Finding that a loan was misused (挪用认定): proposed by one person of the bank, confirmed by another.

It is a posting: from its day, which may lie in the past, the rate of misuse takes the place of the contract's on the
misused principal, before the money of that day; what it adds follows every later correction.
"""

from datetime import date
from typing import Final
from uuid import UUID

from services.lending.accounts.actions.restating import previews, restate
from services.lending.accounts.actions.reversing import figures
from services.lending.accounts.actions.storing import Replayed
from services.lending.accounts.loading import misuse_posting
from services.lending.accounts.rules.replay import accrued_to
from services.lending.misuses.actions.loans import (
    change,
    ensure_free,
    ensure_not_compensated,
    own_loan,
    scope_of_bank,
)
from services.lending.misuses.queries import MISUSES
from services.lending.misuses.refusals import NothingMisused
from services.lending.misuses.schemas import MisuseIn, MisuseOut
from services.lending.proposals.actions import decide, take_up, withdraw
from services.lending.proposals.schemas import CorrectionWithdrawalIn, DecisionIn
from shared.access import Principal
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id

_PROPOSE: Final = """
INSERT INTO misuse (id, loan_id, amount, from_on, papers, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


async def propose_misuse(conn: Connection, officer: Principal, loan_id: UUID, body: MisuseIn) -> MisuseOut:
    """Propose that principal was misused since a day, and show what that would add and leave.

    Raises:
        OrganisationMissing, LoanUnknown, LoanOfAnotherBank, LoanAlreadyCompensated, MisuseOnFile, MoreThanWasLent,
        NothingMisused, DateBeforeStep. Clauses: FJ-5, SX-1.
    """
    loan = await own_loan(conn, officer, loan_id)
    await ensure_free(conn, loan, body.amount, body.from_on)
    ensure_not_before("proposed_on", body.proposed_on, "from_on", body.from_on)
    misuse_id, papers = new_id(), [paper.model_dump() for paper in body.papers]
    said = body.amount, body.from_on, papers, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, misuse_id, loan_id, *said)
    supposed = misuse_posting(misuse_id, body.from_on, body.amount, ends=False)
    (would_be,) = await previews(conn, [change(loan_id, body.proposed_on, supposed=(supposed,))])
    return _shown(await MISUSES.one(conn, misuse_id, scope_of_bank(officer)), would_be, body.proposed_on)


async def decide_misuse(conn: Connection, officer: Principal, misuse_id: UUID, body: DecisionIn) -> MisuseOut:
    """Confirm or refuse it by another person of the bank; confirmed, the loan is replayed with it.

    Raises:
        OrganisationMissing, MisuseUnknown, CorrectionDecided, MakerIsChecker, LoanAlreadyCompensated, MisuseOnFile,
        MoreThanWasLent, NothingMisused, DateBeforeStep
    """
    scope = scope_of_bank(officer)
    misuse = await take_up(conn, MISUSES, officer, misuse_id, body, scope)
    loan_id = misuse["loan_id"]
    if body.decision == "confirm":
        loan = await ensure_not_compensated(conn, loan_id)
        await ensure_free(conn, loan, misuse["amount"], misuse["from_on"], misuse_id)
    await decide(conn, MISUSES, officer, misuse_id, body)
    answer = await MISUSES.one(conn, misuse_id, scope)
    if body.decision == "refuse":
        return answer
    (replayed,) = await restate(conn, [change(loan_id, body.decided_on)])
    return _shown(answer, replayed, body.decided_on)


async def withdraw_misuse(
    conn: Connection, officer: Principal, misuse_id: UUID, body: CorrectionWithdrawalIn
) -> MisuseOut:
    """Withdraw one's own proposal.

    Raises: OrganisationMissing, MisuseUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, MISUSES, officer, misuse_id, body, scope_of_bank(officer))


def _shown(answer: MisuseOut, replayed: Replayed, day: date) -> MisuseOut:
    """Return a misuse with what it adds up to a day. Raises: NothingMisused."""
    before, after = figures(replayed.before), figures(replayed.position)
    account = accrued_to(replayed.account, day)
    mine = [due for due in account.dues if due.of_misuse and due.period_from == answer.from_on]
    if not mine:
        raise NothingMisused(answer.from_on)
    return answer.model_copy(update={"penalty": mine[0].penalty, "before": before, "after": after})
