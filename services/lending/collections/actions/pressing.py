"""Recording who pressed for repayment, and withdrawing what was recorded wrongly (DZ-5c)."""

from typing import Final
from uuid import UUID

from services.lending.collections.queries import ensure_overdue, get_record
from services.lending.collections.refusals import CollectionRecordUnknown, CollectionRecordWithdrawn
from services.lending.collections.schemas import CollectionRecordIn, CollectionRecordOut, CollectionWithdrawalIn
from services.lending.loans.refusals import LoanUnknown
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_VISIBLE: Final = "SELECT disbursed_on FROM loan WHERE id = $1 AND village_code ^@ ANY ($2::text[])"
_RECORD: Final = """
INSERT INTO collection_record (id, loan_id, office, person, pressed_on, result, promised_on, note, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_LOCK: Final = """
SELECT c.pressed_on, c.recorded_by, c.withdrawn_on FROM collection_record c JOIN loan l ON l.id = c.loan_id
WHERE c.id = $1 AND l.village_code ^@ ANY ($2::text[]) FOR UPDATE OF c
"""
_WITHDRAW: Final = """
UPDATE collection_record SET withdrawn_on = $2, withdraw_reason = $3, withdrawn_by = $4 WHERE id = $1
"""


async def record_pressing(
    conn: Connection, officer: Principal, loan_id: UUID, body: CollectionRecordIn
) -> CollectionRecordOut:
    """Record that an office pressed for repayment of a loan that was overdue on that day.

    Raises: LoanUnknown, DateBeforeStep, LoanNotOverdue.
    """
    loan = await conn.fetchrow(_VISIBLE, loan_id, officer.regions_for(Right.COLLECTIONS_RECORD))
    if loan is None:
        raise LoanUnknown
    ensure_not_before("pressed_on", body.pressed_on, "disbursed_on", loan["disbursed_on"])
    await ensure_overdue(conn, loan_id, body.pressed_on)
    record_id = new_id()
    words = (body.office, body.person, body.pressed_on, body.result, body.promised_on, body.note)
    await conn.execute(_RECORD, record_id, loan_id, *words, officer.subject)
    return await get_record(conn, record_id)


async def withdraw_record(
    conn: Connection, officer: Principal, record_id: UUID, body: CollectionWithdrawalIn
) -> CollectionRecordOut:
    """Withdraw a record that was wrong, by another person; it stays on file.

    Raises: CollectionRecordUnknown, CollectionRecordWithdrawn, MakerIsChecker, DateBeforeStep.
    """
    found = await conn.fetchrow(_LOCK, record_id, officer.regions_for(Right.COLLECTIONS_RECORD))
    if found is None:
        raise CollectionRecordUnknown(record_id)
    if found["withdrawn_on"] is not None:
        raise CollectionRecordWithdrawn(found["withdrawn_on"])
    if found["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "pressed_on", found["pressed_on"])
    await conn.execute(_WITHDRAW, record_id, body.withdrawn_on, body.reason, officer.subject)
    return await get_record(conn, record_id)
