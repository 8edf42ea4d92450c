"""Writing a loan off (核销) and taking that back: proposed by one person of the bank, decided by another.

It is an act in the bank's books (账销案存). The household owes what it owed, interest goes on, cover and lists stay as
they are, and money is taken as before; what comes from that day on is published as come after the write-off. A bank
that gives something up remits it.
"""

from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import lock
from services.lending.accounts.queries import account_on
from services.lending.classes.queries import class_on
from services.lending.loans import postings_sql
from services.lending.loans.refusals import LoanOfAnotherBank, LoanUnknown, LoanWrittenOff
from services.lending.proposals.actions import decide, own_scope, take_up, withdraw
from services.lending.proposals.schemas import CorrectionState, CorrectionWithdrawalIn, DecisionIn
from services.lending.write_offs.queries import WRITE_OFF_WITHDRAWALS, WRITE_OFFS
from services.lending.write_offs.refusals import (
    MoreThanIsOwed,
    NoGroundToWriteOff,
    WriteOffNotInForce,
    WriteOffOnFile,
    WriteOffUnknown,
    WriteOffWithdrawalOnFile,
)
from services.lending.write_offs.rules.grounds import USUAL, ground_of
from services.lending.write_offs.schemas import (
    WriteOffIn,
    WriteOffOut,
    WriteOffWithdrawalIn,
    WriteOffWithdrawalOut,
)
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.lending import LoanWrittenOff as WrittenOff
from shared.events.lending import WriteOffWithdrawn
from shared.ids import new_id
from shared.policy.copies import pack_in_effect
from shared.policy.vocabulary import WriteOffGround
from shared.scope import Scope, organisation_of

_LOAN: Final = """
SELECT l.id, l.household_id, l.village_code, l.bank_code, l.state, l.pack_id, l.product_code, l.disbursed_on,
  l.compensated_on, l.defaulted_on, l.written_off_on, l.version,
  (SELECT id FROM write_off v WHERE v.loan_id = l.id AND v.state = 'proposed') AS on_file
FROM loan l WHERE l.id = $1 AND l.village_code ^@ ANY ($2::text[])
"""
_PROPOSE: Final = """
INSERT INTO write_off (id, loan_id, ground, amount, owed, papers, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_WRITE_OFF: Final = """
SELECT v.id, v.loan_id, v.amount, v.state, v.decided_on, w.id AS withdrawal_id, w.state AS withdrawal_state
FROM write_off v JOIN loan l ON l.id = v.loan_id
LEFT JOIN write_off_withdrawal w ON w.write_off_id = v.id AND w.state IN ('proposed', 'confirmed')
WHERE v.id = $1 AND l.bank_code = $2 AND l.village_code ^@ ANY ($3::text[])
"""
_PROPOSE_WITHDRAWAL: Final = """
INSERT INTO write_off_withdrawal (id, write_off_id, reason, proposed_on, proposed_by) VALUES ($1, $2, $3, $4, $5)
"""


async def propose_write_off(conn: Connection, officer: Principal, loan_id: UUID, body: WriteOffIn) -> WriteOffOut:
    """Propose that a loan be written off.

    Raises:
        OrganisationMissing, LoanUnknown, LoanOfAnotherBank, LoanWrittenOff, WriteOffOnFile, LoanNotClassified,
        NoGroundToWriteOff, MoreThanIsOwed, DateBeforeStep
    """
    bank = organisation_of(officer)
    await lock(conn, [loan_id])  # in a statement of its own, so that the next one sees what others proposed
    loan = await conn.fetchrow(_LOAN, loan_id, officer.regions_for(Right.LOANS_WRITE_OFF))
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    if loan["on_file"] is not None:
        raise WriteOffOnFile(loan["on_file"])
    ground, owed = await _judged(conn, loan, "proposed_on", body.proposed_on, body.amount)
    papers = [paper.model_dump() for paper in body.papers]
    write_off_id = new_id()
    said = (body.amount, owed, papers, body.reason, body.proposed_on, officer.subject)
    await conn.execute(_PROPOSE, write_off_id, loan_id, ground, *said)
    return await WRITE_OFFS.one(conn, write_off_id, _scope(officer))


async def _judged(conn: Connection, loan: Any, step: str, on: Any, amount: Decimal) -> tuple[WriteOffGround, Decimal]:
    """Return the ground on which a locked loan is written off on a day, and what is owed then."""
    if loan["written_off_on"] is not None:
        raise LoanWrittenOff(loan["written_off_on"])
    for since in ("disbursed_on", "defaulted_on", "compensated_on"):
        if loan[since] is not None:
            ensure_not_before(step, on, since, loan[since])
    scope = Scope.within([loan["village_code"]], loan["bank_code"])
    found = await class_on(conn, loan["id"], scope, on)
    terms = (await pack_in_effect(conn, loan["pack_id"], on, loan["product_code"])).loan_terms
    ground = ground_of(loan["state"], found.loan_class, terms.write_off_grounds)
    if ground is None:
        raise NoGroundToWriteOff(loan["state"], found.loan_class, terms.write_off_grounds or USUAL)
    owed = (await account_on(conn, loan["id"], scope, on)).payoff_amount
    if amount > owed:
        raise MoreThanIsOwed(amount, owed, on)
    return ground, owed


async def decide_write_off(conn: Connection, officer: Principal, write_off_id: UUID, body: DecisionIn) -> WriteOffOut:
    """Confirm or refuse it by another person of the bank; confirmed, the loan is written off from that day.

    Raises:
        OrganisationMissing, WriteOffUnknown, CorrectionDecided, MakerIsChecker, DateBeforeStep, LoanWrittenOff,
        LoanNotClassified, NoGroundToWriteOff, MoreThanIsOwed
    """
    scope = _scope(officer)
    proposal = await take_up(conn, WRITE_OFFS, officer, write_off_id, body, scope)
    if body.decision == "confirm":
        await lock(conn, [proposal["loan_id"]])
        loan = await conn.fetchrow(_LOAN, proposal["loan_id"], [""])
        ground, owed = await _judged(conn, loan, "decided_on", body.decided_on, proposal["amount"])
        await conn.execute("UPDATE write_off SET ground = $2, owed = $3 WHERE id = $1", write_off_id, ground, owed)
        await conn.execute(postings_sql.WRITTEN_OFF, loan["id"], body.decided_on)
        await _tell(conn, loan, WrittenOff(
            **_of(loan),
            write_off_id=write_off_id,
            written_off_on=body.decided_on,
            ground=ground,
            amount=proposal["amount"],
            owed=owed,
        ))  # fmt: skip
    await decide(conn, WRITE_OFFS, officer, write_off_id, body)
    return await WRITE_OFFS.one(conn, write_off_id, scope)


async def withdraw_write_off(
    conn: Connection, officer: Principal, write_off_id: UUID, body: CorrectionWithdrawalIn
) -> WriteOffOut:
    """Withdraw one's own proposal.

    Raises: OrganisationMissing, WriteOffUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, WRITE_OFFS, officer, write_off_id, body, _scope(officer))


async def propose_withdrawal(
    conn: Connection, officer: Principal, write_off_id: UUID, body: WriteOffWithdrawalIn
) -> WriteOffWithdrawalOut:
    """Propose that a write-off be withdrawn as wrong; what came since stays booked.

    Raises:
        OrganisationMissing, WriteOffUnknown, WriteOffNotInForce, WriteOffWithdrawalOnFile, DateBeforeStep
    """
    asked = write_off_id, organisation_of(officer), officer.regions_for(Right.LOANS_WRITE_OFF)
    found = await conn.fetchrow(_WRITE_OFF, *asked)
    if found is None:
        raise WriteOffUnknown(write_off_id)
    await lock(conn, [found["loan_id"]])
    found = await conn.fetchrow(_WRITE_OFF, *asked)
    if found["state"] != CorrectionState.CONFIRMED:
        raise WriteOffNotInForce(found["state"])
    if found["withdrawal_id"] is not None:
        raise WriteOffWithdrawalOnFile(found["withdrawal_id"], found["withdrawal_state"])
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", found["decided_on"])
    withdrawal_id = new_id()
    said = (body.reason, body.proposed_on, officer.subject)
    await conn.execute(_PROPOSE_WITHDRAWAL, withdrawal_id, write_off_id, *said)
    return await WRITE_OFF_WITHDRAWALS.one(conn, withdrawal_id, _scope(officer))


async def decide_withdrawal(
    conn: Connection, officer: Principal, withdrawal_id: UUID, body: DecisionIn
) -> WriteOffWithdrawalOut:
    """Confirm or refuse it by another person; confirmed, the loan was never written off.

    Raises: OrganisationMissing, WriteOffWithdrawalUnknown, CorrectionDecided, MakerIsChecker, DateBeforeStep.
    """
    scope = _scope(officer)
    proposal = await take_up(conn, WRITE_OFF_WITHDRAWALS, officer, withdrawal_id, body, scope)
    if body.decision == "confirm":
        await lock(conn, [proposal["loan_id"]])
        loan = await conn.fetchrow(_LOAN, proposal["loan_id"], [""])
        await conn.execute(postings_sql.WRITTEN_OFF, loan["id"], None)
        withdrawn = WriteOffWithdrawn(
            **_of(loan), write_off_id=proposal["write_off_id"], withdrawn_on=body.decided_on, amount=proposal["amount"]
        )
        await _tell(conn, loan, withdrawn)
    await decide(conn, WRITE_OFF_WITHDRAWALS, officer, withdrawal_id, body)
    return await WRITE_OFF_WITHDRAWALS.one(conn, withdrawal_id, scope)


async def give_up_withdrawal(
    conn: Connection, officer: Principal, withdrawal_id: UUID, body: CorrectionWithdrawalIn
) -> WriteOffWithdrawalOut:
    """Take back one's own proposal; the write-off stands.

    Raises: OrganisationMissing, WriteOffWithdrawalUnknown, CorrectionDecided, OnlyTheProposer, DateBeforeStep.
    """
    return await withdraw(conn, WRITE_OFF_WITHDRAWALS, officer, withdrawal_id, body, _scope(officer))


def _scope(officer: Principal) -> Scope:
    return own_scope(officer, Right.LOANS_WRITE_OFF)


def _of(loan: Any) -> dict[str, Any]:
    return {
        "loan_id": loan["id"],
        "household_id": loan["household_id"],
        "village_code": loan["village_code"],
        "bank_code": loan["bank_code"],
    }


async def _tell(conn: Connection, loan: Any, event: WrittenOff | WriteOffWithdrawn) -> None:
    await outbox.record(
        conn, event, aggregate_id=loan["id"], aggregate_version=loan["version"] + 1, region_code=loan["village_code"]
    )
