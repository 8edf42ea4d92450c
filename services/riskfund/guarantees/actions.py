"""Record what a guarantor paid and got back, and withdraw what was recorded wrongly (DZ-3)."""

from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.riskfund.claims.queries import Claim, lock_claim
from services.riskfund.guarantees import queries
from services.riskfund.guarantees.refusals import (
    GuarantorAccountUnknown,
    MoreThanOwedBack,
    TransferOnFile,
    TransferUnknown,
)
from services.riskfund.guarantees.schemas import (
    Direction,
    GuarantorAccountDetail,
    GuarantorTransferIn,
    TransferWithdrawalIn,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.scope import scope_of

ALL_DAYS: Final = date.max  # everything on file counts

_RECORD = """
INSERT INTO guarantor_transfer (id, claim_id, bank_code, direction, amount, transferred_on, bank_reference, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_STANDING = """
SELECT recorded_by, transferred_on FROM guarantor_transfer WHERE id = $1 AND claim_id = $2 AND withdrawn_on IS NULL
"""
_WITHDRAW = """
UPDATE guarantor_transfer SET withdrawn_on = $2, withdrawn_by = $3, withdrawal_reason = $4 WHERE id = $1
"""


async def record_transfer(
    conn: Connection, officer: Principal, claim_id: UUID, body: GuarantorTransferIn
) -> GuarantorAccountDetail:
    """Book what arrived at the bank, whatever its amount, or what the bank gave back.

    A part of what is owed leaves the rest owing, more than that is owed back; so is what came before the committee
    decided, or for a claim that it refused.

    Raises:
        ClaimUnknown: no such claim of this bank.
        GuarantorAccountUnknown: no guarantor bears a part of it.
        DateBeforeStep: dated before the claim was filed.
        MoreThanOwedBack: less than that is owed to the guarantor on that day, or by now.
        TransferOnFile: the bank's reference is on file.
    """
    claim = await _locked(conn, officer, claim_id)
    ensure_not_before("transferred_on", body.transferred_on, "filed_on", claim.filed_on)
    scope = scope_of(officer, Right.GUARANTEES_RECORD)
    if body.direction is Direction.TO_GUARANTOR:
        days = (body.transferred_on, ALL_DAYS)
        most = min([(await queries.get_account(conn, claim_id, scope, day)).owed_back for day in days])
        if body.amount > most:
            raise MoreThanOwedBack(body.amount, most)
    sent = (str(body.direction), body.amount, body.transferred_on, body.bank_reference, officer.subject)
    try:
        async with conn.transaction():
            await conn.execute(_RECORD, new_id(), claim_id, claim.bank_code, *sent)
    except asyncpg.UniqueViolationError:
        raise TransferOnFile(body.bank_reference) from None
    return await queries.get_account(conn, claim_id, scope, body.transferred_on)


async def withdraw_transfer(
    conn: Connection, officer: Principal, claim_id: UUID, transfer_id: UUID, body: TransferWithdrawalIn
) -> GuarantorAccountDetail:
    """Take a transfer out of the account on every day, as a second person of the bank; its reference is free again.

    Raises:
        ClaimUnknown, GuarantorAccountUnknown: as for `record_transfer`.
        TransferUnknown: no such transfer stands in the account.
        MakerIsChecker: the officer recorded it.
        DateBeforeStep: dated before the transfer.
    """
    await _locked(conn, officer, claim_id)
    transfer: Any = await conn.fetchrow(_STANDING, transfer_id, claim_id)
    if transfer is None:
        raise TransferUnknown(transfer_id)
    if transfer["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("withdrawn_on", body.withdrawn_on, "transferred_on", transfer["transferred_on"])
    await conn.execute(_WITHDRAW, transfer_id, body.withdrawn_on, officer.subject, body.reason)
    scope = scope_of(officer, Right.GUARANTEES_WITHDRAW)
    return await queries.get_account(conn, claim_id, scope, body.withdrawn_on)


async def _locked(conn: Connection, officer: Principal, claim_id: UUID) -> Claim:
    """Lock the claim, so that recoveries, decisions and transfers of it come one after the other."""
    claim = await lock_claim(conn, claim_id, scope_of(officer, Right.GUARANTEES_RECORD))
    if claim.guarantor_code is None:
        raise GuarantorAccountUnknown(claim_id)
    return claim
