"""Take a wrong rent, sale or service of a lease back, by two persons (FJ-9d)."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import lock_agreement
from services.subsidy.linkages.refusals import LeaseEntryUnknown, LeaseServiceUnknown
from services.subsidy.proposals.actions import Wrong, propose
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut, Subject
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id

_OF_ENTRY: Final = "SELECT agreement_id FROM lease_entry WHERE id = $1"
_ENTRY: Final = """
SELECT e.* FROM lease_entry e WHERE e.id = $1 AND e.reverses_id IS NULL
  AND NOT EXISTS (SELECT FROM lease_entry b WHERE b.reverses_id = e.id)
"""
_REVERSE: Final = """
INSERT INTO lease_entry (id, agreement_id, household_id, kind, year_number, weight_500g, price_per_500g, amount,
  booked_on, bank_reference, reverses_id, recorded_by)
SELECT $2, agreement_id, household_id, kind, year_number, weight_500g, price_per_500g, -amount, $3, bank_reference,
  id, $4
FROM lease_entry WHERE id = $1
"""
_OF_SERVICE: Final = "SELECT agreement_id FROM lease_service WHERE id = $1"
_SERVICE: Final = "SELECT * FROM lease_service WHERE id = $1 AND reversed_on IS NULL"
_UNDO: Final = "UPDATE lease_service SET reversed_on = $2 WHERE id = $1"


async def lock_entry(
    conn: Connection, officer: Principal, right: Right, entry_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the agreement of an entry that counts, locked, and the entry.

    Raises:
        LeaseEntryUnknown, AgreementUnknown.
    """
    agreement_id = await conn.fetchval(_OF_ENTRY, entry_id)
    if agreement_id is None:
        raise LeaseEntryUnknown(entry_id)
    agreement = await lock_agreement(conn, officer, right, agreement_id)
    row = await conn.fetchrow(_ENTRY, entry_id)
    if row is None:
        raise LeaseEntryUnknown(entry_id)
    return agreement, dict(row)


async def propose_entry_reversal(conn: Connection, officer: Principal, entry_id: UUID, body: ReversalIn) -> ReversalOut:
    """Propose to take a wrong rent or sale back.

    Raises:
        LeaseEntryUnknown, AgreementUnknown, DateBeforeStep, ReversalProposed.
    """
    agreement, row = await lock_entry(conn, officer, Right.DIVIDENDS_RECORD, entry_id)
    ensure_not_before("proposed_on", body.proposed_on, "booked_on", row["booked_on"])
    wrong = Wrong(Subject.LEASE_ENTRY, entry_id, agreement["region_code"], amount=row["amount"])
    return await propose(conn, officer, wrong, body)


async def reverse_entry(conn: Connection, entry_id: UUID, by: str, on: date) -> None:
    """Write the counter-entry of a rent or sale."""
    await conn.execute(_REVERSE, entry_id, new_id(), on, by)


async def lock_service(
    conn: Connection, officer: Principal, right: Right, service_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the agreement of a service that counts, locked, and the service.

    Raises:
        LeaseServiceUnknown, AgreementUnknown.
    """
    agreement_id = await conn.fetchval(_OF_SERVICE, service_id)
    if agreement_id is None:
        raise LeaseServiceUnknown(service_id)
    agreement = await lock_agreement(conn, officer, right, agreement_id)
    row = await conn.fetchrow(_SERVICE, service_id)
    if row is None:
        raise LeaseServiceUnknown(service_id)
    return agreement, dict(row)


async def propose_service_reversal(
    conn: Connection, officer: Principal, service_id: UUID, body: ReversalIn
) -> ReversalOut:
    """Propose to take the record of a service back that was not done.

    Raises:
        LeaseServiceUnknown, AgreementUnknown, DateBeforeStep, ReversalProposed.
    """
    agreement, row = await lock_service(conn, officer, Right.DIVIDENDS_RECORD, service_id)
    ensure_not_before("proposed_on", body.proposed_on, "served_on", row["served_on"])
    return await propose(conn, officer, Wrong(Subject.LEASE_SERVICE, service_id, agreement["region_code"]), body)


async def undo_service(conn: Connection, service_id: UUID, on: date) -> None:
    """Let the record of a service count no more."""
    await conn.execute(_UNDO, service_id, on)
