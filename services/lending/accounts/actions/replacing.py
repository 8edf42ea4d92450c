"""What is booked in the place of a repayment taken back: the right loan, day or amount, in one step with it.

The reference of the wrong posting stands for that one for ever, so the right one has a reference of its own, that of
the bank's slip that corrects it. It is a receipt like any other.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.lending.accounts.actions.restating import NewRepayment
from services.lending.accounts.refusals import (
    CorrectionChangesNothing,
    LoanAlreadyCompensated,
    LoanCancelled,
    PayerNoEntity,
)
from services.lending.accounts.schemas import ReplacementIn
from services.lending.loans.bank_references_sql import BOOKED, JOIN_BOOKED
from services.lending.loans.refusals import BankReferenceConflict, LoanOfAnotherBank, LoanUnknown
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.policy.vocabulary import Payer

_LOAN: Final = """
SELECT bank_code, disbursed_on, claim_id, cancelled_on, entity_id FROM loan
WHERE id = $1 AND village_code ^@ ANY ($2::text[])
"""
# $1 bank, $2 reference
_BOOKED: Final = f"""
SELECT r.bank_reference, {BOOKED}
FROM (SELECT $2::text AS bank_reference) r {JOIN_BOOKED} WHERE b.entry_id IS NOT NULL
"""  # noqa: S608 - our own texts


def receipt_of(wrong: Mapping[str, Any], said: ReplacementIn) -> NewRepayment:
    """Return what is said as a receipt of the bank that had booked the wrong one, on its loan or on another."""
    return NewRepayment(
        new_id(),
        said.loan_id or wrong["loan_id"],
        wrong["bank_code"],
        said.bank_reference,
        str(said.kind),
        said.paid_on,
        said.amount,
        wrong["proposed_by"],
        payer=said.payer,
        payer_name=said.payer_name,
    )


def receipt_on_file(row: Mapping[str, Any]) -> NewRepayment | None:
    """Return what a proposal books in the place of the wrong repayment; None: nothing."""
    if row["right_loan_id"] is None:
        return None
    return NewRepayment(
        new_id(),
        row["right_loan_id"],
        row["bank_code"],
        row["right_reference"],
        row["right_kind"],
        row["right_paid_on"],
        row["right_amount"],
        row["proposed_by"],
        payer=Payer(row["right_payer"]),
        payer_name=row["right_payer_name"],
    )


def columns_of(right: NewRepayment | None) -> tuple[UUID | str | date | Any | None, ...]:
    """Return what a proposal keeps of it: loan, reference, kind, day, amount, payer and payer's name."""
    if right is None:
        return (None,) * 7
    said = (right.loan_id, right.bank_reference, right.kind, right.paid_on, right.amount)
    return *said, str(right.payer), right.payer_name


async def ensure_bookable(
    conn: Connection, right: NewRepayment, wrong: Mapping[str, Any], regions: list[str], on: date
) -> None:
    """Refuse what could not be booked as a receipt, or what would change nothing; the loans are locked.

    Raises:
        LoanUnknown, LoanOfAnotherBank, LoanCancelled, LoanAlreadyCompensated, PayerNoEntity, DateBeforeStep,
        BankReferenceConflict, CorrectionChangesNothing
    """
    loan = await conn.fetchrow(_LOAN, right.loan_id, regions)
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != right.bank_code:
        raise LoanOfAnotherBank
    if loan["cancelled_on"] is not None:
        raise LoanCancelled({})
    if loan["claim_id"] is not None:
        raise LoanAlreadyCompensated
    if right.payer is Payer.ENTITY and loan["entity_id"] is None:
        raise PayerNoEntity({})
    ensure_not_before("paid_on", right.paid_on, "disbursed_on", loan["disbursed_on"])
    ensure_not_before("proposed_on", on, "paid_on", right.paid_on)
    if (booked := await conn.fetchrow(_BOOKED, right.bank_code, right.bank_reference)) is not None:
        raise BankReferenceConflict(booked)
    same = ("loan_id", "kind", "paid_on", "amount", "payer", "payer_name")
    if all(getattr(right, name) == wrong[name] for name in same):
        raise CorrectionChangesNothing(wrong["bank_reference"])
