"""Bank accounts: corrected under a new version, and shown in clear only to a service that pays."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from services.registry.households.schemas import (
    AccountCorrectionIn,
    AccountLookupsOut,
    AccountOut,
    RevealedAccount,
)
from services.registry.households.sealed import ACCOUNT_CONTEXT, NAME_CONTEXT
from services.registry.households.statuses import HouseholdsUnknown
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher, masked_tail

_LOCK = "SELECT village_code FROM household WHERE id = $1 FOR UPDATE"
_RETIRE = "UPDATE bank_account SET valid = false WHERE household_id = $1 AND valid"
_ADD = """
INSERT INTO bank_account (household_id, version, bank_code, account_sealed, valid, reason, recorded_by)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, true, $4, $5 FROM bank_account WHERE household_id = $1
RETURNING household_id, version AS account_version, bank_code, valid, reason, recorded_by, recorded_at
"""
_REVEAL = """
SELECT a.household_id, h.number AS household_number, a.bank_code, a.account_sealed, a.version AS account_version,
       m.name_sealed
FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (household_id, place)
JOIN household h ON h.id = asked.household_id
JOIN bank_account a ON a.household_id = h.id AND a.valid
JOIN member m ON m.household_id = h.id AND m.is_head AND m.left_on IS NULL
WHERE h.village_code ^@ ANY ($2::text[])
ORDER BY asked.place
"""


async def correct_account(
    conn: Connection, officer: Principal, cipher: PiiCipher, body: AccountCorrectionIn
) -> AccountOut:
    """Replace a household's account by a new version; the old one stays on file as no longer valid.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    village_code = await conn.fetchval(_LOCK, body.household_id)
    scopes = officer.regions_for(Right.ACCOUNTS_CORRECT)
    if village_code is None or not village_code.startswith(tuple(scopes)):
        raise HouseholdsUnknown([body.household_id])
    await conn.execute(_RETIRE, body.household_id)
    sealed = cipher.encrypt(body.account_number, ACCOUNT_CONTEXT)
    row = await conn.fetchrow(_ADD, body.household_id, body.bank_code, sealed, body.reason, officer.subject)
    assert row is not None
    return AccountOut(account_number=masked_tail(body.account_number), **row)


async def reveal_accounts(
    conn: Connection, caller: Principal, cipher: PiiCipher, household_ids: Sequence[UUID]
) -> AccountLookupsOut:
    """Return the valid accounts of households in clear, in the order asked for."""
    asked = list(dict.fromkeys(household_ids))
    rows = await conn.fetch(_REVEAL, asked, caller.regions_for(Right.ACCOUNTS_REVEAL))
    accounts = await asyncio.to_thread(_opened, rows, cipher)
    found = {account.household_id for account in accounts}
    return AccountLookupsOut(accounts=accounts, unknown=[each for each in asked if each not in found])


def _opened(rows: Sequence[Record], cipher: PiiCipher) -> list[RevealedAccount]:
    return [
        RevealedAccount(
            household_id=row["household_id"],
            household_number=row["household_number"],
            holder_name=cipher.decrypt(row["name_sealed"], NAME_CONTEXT),
            bank_code=row["bank_code"],
            account_number=cipher.decrypt(row["account_sealed"], ACCOUNT_CONTEXT),
            account_version=row["account_version"],
        )
        for row in rows
    ]
