"""Named reads of accounts as callers."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.access import Grant, Principal, Role
from shared.db import Database

_ACTIVE: Final = """
SELECT a.username, a.organisation, g.role, g.region
FROM account a JOIN account_grant g ON g.account_id = a.id
WHERE a.id = $1 AND a.state = 'active' ORDER BY g.role, g.region
"""


@dataclass(frozen=True, slots=True)
class ActiveAccount:
    """An account that may act, and who acts with it."""

    account_id: UUID
    principal: Principal


async def find_active_account(database: Database, account_id: UUID) -> ActiveAccount | None:
    """Return an account with its grants as they stand in the database now; None when disabled or without grants."""
    async with database.connection() as connection:
        rows = await connection.fetch(_ACTIVE, account_id)
    if not rows:
        return None
    grants = tuple(Grant(Role(row["role"]), row["region"]) for row in rows)
    return ActiveAccount(account_id, Principal(str(account_id), rows[0]["username"], grants, rows[0]["organisation"]))
