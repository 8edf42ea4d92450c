"""Named reads: payees in scope, and those who receive a batch's money for heirs."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from services.subsidy.clients import Account
from services.subsidy.payees.schemas import PayeeOut
from services.subsidy.payees.sealed import ACCOUNT_CONTEXT, HOLDER_CONTEXT, ID_NUMBER_CONTEXT
from shared.db import Connection
from shared.pii import PiiCipher

_ONE: Final = "SELECT * FROM subsidy_payee WHERE id = $1"
_LIST: Final = """
SELECT * FROM subsidy_payee p
WHERE p.village_code ^@ ANY ($1::text[]) AND ($2::uuid IS NULL OR p.household_id = $2)
  AND ($3::text IS NULL OR p.state = $3) AND ($4::uuid IS NULL OR p.id > $4)
ORDER BY p.id LIMIT $5
"""
# Who receives: in force, and nobody proposed to withdraw it.
RECEIVES: Final = """p.state = 'in_force' AND NOT EXISTS (
    SELECT FROM reversal w WHERE w.subject = 'subsidy_payee' AND w.subject_id = p.id AND w.state = 'proposed')"""
_OF: Final = f"SELECT * FROM subsidy_payee p WHERE p.household_id = ANY ($1::uuid[]) AND {RECEIVES}"  # noqa: S608 - our own text


async def payee_out(conn: Connection, payee_id: UUID) -> PayeeOut:
    """Return a payee."""
    row: Any = await conn.fetchrow(_ONE, payee_id)
    return PayeeOut(**row)


async def list_payees(
    conn: Connection,
    regions: Sequence[str],
    household_id: UUID | None,
    state: str | None,
    after: UUID | None,
    limit: int,
) -> list[PayeeOut]:
    """Return up to `limit` payees in the order of their proposal, replaced ones too."""
    rows = await conn.fetch(_LIST, list(regions), household_id, state, after, limit)
    return [PayeeOut(**row) for row in rows]


async def payees_of(conn: Connection, cipher: PiiCipher, household_ids: Sequence[UUID]) -> dict[UUID, Account]:
    """Return the accounts, in clear, to which money of these households goes for their heirs."""
    return {
        row["household_id"]: Account(
            household_id=row["household_id"],
            holder_name=cipher.decrypt(row["holder_name_sealed"], HOLDER_CONTEXT),
            id_number=cipher.decrypt(row["id_number_sealed"], ID_NUMBER_CONTEXT),
            bank_code=row["bank_code"],
            account_number=cipher.decrypt(row["account_sealed"], ACCOUNT_CONTEXT),
            account_version=row["version"],
            account_household_id=None,
            payee_id=row["id"],
        )
        for row in await conn.fetch(_OF, list(household_ids))
    }
