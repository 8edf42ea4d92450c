"""Recoveries (追偿): what the bank collects on a compensated loan, split into principal and interest."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from services.lending.defaults.refusals import (
    AboveWhatIsOwed,
    LoanNotCompensated,
    NothingLeftToRecover,
)
from services.lending.defaults.schemas import RecoveryIn, RecoveryOut
from services.lending.loans.bank_references_sql import BOOKED, JOIN_BOOKED
from services.lending.loans.postings_sql import RECOVERED
from services.lending.loans.refusals import BankReferenceConflict, LoanChanging, LoanOfAnotherBank, LoanUnknown
from services.lending.loans.rules.recovery_split import split_recovery
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.lending import LoanClosed, RecoveryRecorded
from shared.ids import new_id
from shared.scope import organisation_of

_LOCK_LOAN = """
SELECT id, household_id, village_code, bank_code, state, version, claim_id, compensated_on, closed_on,
  written_off_on,
  allocation_order, principal,
  principal_outstanding, principal_compensated - principal_recovered AS principal_owed,
  interest_compensated - interest_recovered AS interest_owed
FROM loan WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR NO KEY UPDATE
"""
# $1 bank, $2 reference
_BOOKED = f"""
SELECT r.bank_reference, b.entry_id, b.loan_id, b.amount, {BOOKED}
FROM (SELECT $2::text AS bank_reference) r {JOIN_BOOKED} WHERE b.entry_id IS NOT NULL
"""  # noqa: S608 - our own texts
_EARLIER = "SELECT * FROM recovery WHERE id = $1"
_RECORD = f"""
WITH put AS (
  INSERT INTO recovery (id, loan_id, claim_id, bank_code, bank_reference, recovered_on, amount, principal, interest,
    loan_version, recorded_by)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
), {RECOVERED}
"""  # noqa: S608 - our own texts


async def record_recovery(conn: Connection, officer: Principal, loan_id: UUID, body: RecoveryIn) -> RecoveryOut:
    """Record what was collected; the loan closes when everything that was compensated is recovered.

    The same recovery sent again, with its loan, day and amount, answers the recorded one, taken back since or not.
    Raises: one of `defaults.refusals`, DateBeforeStep. Clause: LG-40.
    """
    bank = organisation_of(officer)
    loan = await conn.fetchrow(_LOCK_LOAN, loan_id, officer.regions_for(Right.RECOVERIES_RECORD))
    if loan is None:
        raise LoanUnknown
    if loan["bank_code"] != bank:
        raise LoanOfAnotherBank
    if (booked := await conn.fetchrow(_BOOKED, bank, body.bank_reference)) is not None:
        content = ("recovery", loan_id, body.recovered_on, body.amount)
        if (booked["booked_entry"], booked["loan_id"], booked["booked_on"], booked["amount"]) != content:
            raise BankReferenceConflict(booked)
        return _answer(loan, await conn.fetchrow(_EARLIER, booked["entry_id"]), already_recorded=True)
    _ensure_recoverable(loan, body)
    return await _record(conn, officer, loan, body)


def _ensure_recoverable(loan: Any, body: RecoveryIn) -> None:
    if loan["state"] == "closed" and loan["claim_id"] is not None:
        raise NothingLeftToRecover(loan["closed_on"])
    if loan["state"] != "compensated":
        raise LoanNotCompensated(loan["state"])
    ensure_not_before("recovered_on", body.recovered_on, "compensated_on", loan["compensated_on"])
    owed: Decimal = loan["principal_owed"] + loan["interest_owed"]
    if body.amount > owed:
        raise AboveWhatIsOwed(body.amount, owed)


async def _record(conn: Connection, officer: Principal, loan: Any, body: RecoveryIn) -> RecoveryOut:
    order = loan["allocation_order"]
    principal, interest = split_recovery(body.amount, loan["principal_owed"], loan["interest_owed"], order)
    owed_before = loan["principal_owed"] + loan["interest_owed"]
    closes = body.amount == owed_before and loan["principal_outstanding"] == 0
    recovery = {
        "id": new_id(),
        "loan_id": loan["id"],
        "claim_id": loan["claim_id"],
        "bank_code": loan["bank_code"],
        "bank_reference": body.bank_reference,
        "recovered_on": body.recovered_on,
        "amount": body.amount,
        "principal": principal,
        "interest": interest,
        "loan_version": loan["version"] + 1,
        "reversed_on": None,
    }
    try:
        await conn.execute(_RECORD, *list(recovery.values())[:-1], officer.subject, closes)
    except asyncpg.UniqueViolationError:
        # The same reference for another loan is being recorded at the same moment.
        raise LoanChanging from None
    await _tell(conn, loan, recovery, closes)
    after = {**loan, "principal_owed": loan["principal_owed"] - principal}
    after["interest_owed"] = loan["interest_owed"] - interest
    return _answer({**after, "state": "closed" if closes else loan["state"]}, recovery, already_recorded=False)


async def _tell(conn: Connection, loan: Any, recovery: dict[str, Any], closes: bool) -> None:
    event = RecoveryRecorded.model_validate(
        {
            **{key: recovery[key] for key in RecoveryRecorded.model_fields if key in recovery},
            "recovery_id": recovery["id"],
            "household_id": loan["household_id"],
            "after_write_off": _is_after(loan, recovery),
        }
    )
    version, region = recovery["loan_version"], loan["village_code"]
    await outbox.record(conn, event, aggregate_id=loan["id"], aggregate_version=version, region_code=region)
    if closes:
        closed = LoanClosed(
            loan_id=loan["id"],
            household_id=loan["household_id"],
            village_code=region,
            principal=loan["principal"],
            closed_on=recovery["recovered_on"],
            bank_code=loan["bank_code"],
            repaid_on_time=False,
        )
        await outbox.record(conn, closed, aggregate_id=loan["id"], aggregate_version=version + 1, region_code=region)


def _is_after(loan: Any, recovery: Any) -> bool:
    """Return whether the bank had written the loan off by the day of a recovery."""
    return loan["written_off_on"] is not None and recovery["recovered_on"] >= loan["written_off_on"]


def _answer(loan: Any, recovery: Any, *, already_recorded: bool) -> RecoveryOut:
    return RecoveryOut(
        id=recovery["id"],
        loan_id=loan["id"],
        claim_id=recovery["claim_id"],
        bank_reference=recovery["bank_reference"],
        recovered_on=recovery["recovered_on"],
        amount=recovery["amount"],
        principal=recovery["principal"],
        interest=recovery["interest"],
        amount_outstanding=loan["principal_owed"] + loan["interest_owed"],
        loan_closed=loan["state"] == "closed",
        after_write_off=_is_after(loan, recovery),
        already_recorded=already_recorded,
        reversed=recovery["reversed_on"] is not None,
    )
