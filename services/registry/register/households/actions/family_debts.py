"""Production loans and credit limits of other members of the family, which keep the head from borrowing (MS-2)."""

from uuid import UUID

from services.registry.register.households.refusals import (
    FamilyDebtAlreadyOpen,
    FamilyDebtUnknown,
    HeadsOwnDebt,
    HouseholdHasEnded,
    HouseholdsUnknown,
    MembersUnknown,
    PeriodAlreadyEnded,
)
from services.registry.register.households.schemas import FamilyDebtIn, FamilyDebtOut, TerminationIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection

_LOCK = """
SELECT number, ended_on, end_reason FROM household WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR UPDATE
"""
_MEMBER = "SELECT is_head FROM member WHERE id = $1 AND household_id = $2 AND left_on IS NULL"
_COLUMNS = (
    "id, household_id, member_id, bank_code, kind, valid_from, recorded_by, recorded_at, valid_until, "
    "end_reason, ended_by, "
    "ended_at"
)
_RECORD = f"""
INSERT INTO family_debt (id, household_id, member_id, bank_code, kind, valid_from, recorded_by)
VALUES (uuid7(), $1, $2, $3, $4, $5, $6)
ON CONFLICT (household_id, bank_code, kind, member_id) WHERE valid_until IS NULL DO NOTHING RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column list
_FIND = "SELECT valid_from, valid_until, ended_by FROM family_debt WHERE id = $1 AND household_id = $2 FOR UPDATE"
_END = f"""
UPDATE family_debt SET valid_until = $2, end_reason = $3, ended_by = $4, ended_at = now()
WHERE id = $1 AND valid_until IS NULL RETURNING {_COLUMNS}
"""  # noqa: S608 - our own column list
_OF_HOUSEHOLD = f"SELECT {_COLUMNS} FROM family_debt WHERE household_id = $1 ORDER BY valid_from, id"  # noqa: S608 - our own


async def record_debt(conn: Connection, officer: Principal, household_id: UUID, body: FamilyDebtIn) -> FamilyDebtOut:
    """Record a loan or credit limit of a member other than the head.

    Raises:
        HouseholdsUnknown, HouseholdHasEnded: the household is not on the register in the officer's region.
        MembersUnknown, HeadsOwnDebt: the member is not on file here, or is the head.
        FamilyDebtAlreadyOpen: the same debt is on file.
    """
    await _lock(conn, officer, household_id)
    if body.member_id is not None:
        is_head = await conn.fetchval(_MEMBER, body.member_id, household_id)
        if is_head is None:
            raise MembersUnknown([body.member_id])
        if is_head:
            raise HeadsOwnDebt(body.member_id)
    values = (household_id, body.member_id, body.bank_code, body.kind, body.valid_from, officer.subject)
    row = await conn.fetchrow(_RECORD, *values)
    if row is None:
        raise FamilyDebtAlreadyOpen(body.bank_code, body.kind)
    return FamilyDebtOut(**row)


async def end_debt(
    conn: Connection, officer: Principal, household_id: UUID, debt_id: UUID, body: TerminationIn
) -> FamilyDebtOut:
    """Note that a family debt is repaid or its credit limit closed.

    Raises:
        HouseholdsUnknown, HouseholdHasEnded, FamilyDebtUnknown: there is none in the officer's region.
        PeriodAlreadyEnded, DateBeforeStep: it ended before, or began later.
    """
    await _lock(conn, officer, household_id)
    row = await conn.fetchrow(_FIND, debt_id, household_id)
    if row is None:
        raise FamilyDebtUnknown(debt_id)
    if row["valid_until"] is not None:
        raise PeriodAlreadyEnded(row["valid_until"], row["ended_by"])
    ensure_not_before("valid_until", body.valid_until, "valid_from", row["valid_from"])
    ended = await conn.fetchrow(_END, debt_id, body.valid_until, body.reason, officer.subject)
    assert ended is not None
    return FamilyDebtOut(**ended)


async def debts_of(conn: Connection, household_id: UUID) -> list[FamilyDebtOut]:
    """Return the family debts of a household, the first one first."""
    return [FamilyDebtOut(**row) for row in await conn.fetch(_OF_HOUSEHOLD, household_id)]


async def _lock(conn: Connection, officer: Principal, household_id: UUID) -> None:
    row = await conn.fetchrow(_LOCK, household_id, officer.regions_for(Right.FAMILY_DEBTS_RECORD))
    if row is None:
        raise HouseholdsUnknown([household_id])
    if row["ended_on"] is not None:
        raise HouseholdHasEnded(row["number"], row["ended_on"], row["end_reason"])
