"""Bank accounts: corrected under a new version, and shown in clear only to a service that pays."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from asyncpg import Record

from services.registry.register.households.refusals import AccountPassedOn, HouseholdsUnknown
from services.registry.register.households.schemas import (
    AccountCorrectionIn,
    AccountLookupsOut,
    AccountOut,
    RevealedAccount,
)
from services.registry.register.households.sealed import ACCOUNT_CONTEXT, NAME_CONTEXT, RESIDENT_ID_CONTEXT
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher, masked_tail

_LOCK = "SELECT number, village_code, merged_into_id FROM household WHERE id = $1 FOR UPDATE"
_STANDS_FOR_IT = """
WITH RECURSIVE way AS (
  SELECT id, number, merged_into_id FROM household WHERE id = $1
  UNION ALL
  SELECT h.id, h.number, h.merged_into_id FROM way w JOIN household h ON h.id = w.merged_into_id
)
SELECT id, number FROM way WHERE merged_into_id IS NULL
"""
_RETIRE = "UPDATE bank_account SET valid = false WHERE household_id = $1 AND valid"
_ADD = """
INSERT INTO bank_account (household_id, version, bank_code, account_sealed, valid, reason, recorded_by)
SELECT $1, coalesce(max(version), 0) + 1, $2, $3, true, $4, $5 FROM bank_account WHERE household_id = $1
RETURNING household_id, version AS account_version, bank_code, valid, reason, recorded_by, recorded_at
"""
# From each household asked for along the merges to the one that stands for it now; the last of them with an account
# counts. The head who left last holds the account of a household that has ended.
_REVEAL = """
WITH RECURSIVE way AS (
  SELECT asked.place, h.id AS household_id, h.number AS household_number, h.id AS account_household_id,
         h.merged_into_id, 0 AS steps
  FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (household_id, place)
  JOIN household h ON h.id = asked.household_id WHERE h.village_code ^@ ANY ($2::text[])
  UNION ALL
  SELECT w.place, w.household_id, w.household_number, h.id, h.merged_into_id, w.steps + 1
  FROM way w JOIN household h ON h.id = w.merged_into_id
)
SELECT DISTINCT ON (w.place) w.household_id, w.household_number, w.account_household_id, a.bank_code,
       a.account_sealed, a.version AS account_version, m.name_sealed, m.resident_id_sealed
FROM way w
JOIN bank_account a ON a.household_id = w.account_household_id AND a.valid
JOIN LATERAL (
  SELECT name_sealed, resident_id_sealed FROM member WHERE household_id = w.account_household_id AND is_head
  ORDER BY left_on DESC NULLS FIRST, joined_on DESC, id DESC LIMIT 1
) m ON true
ORDER BY w.place, w.steps DESC
"""


async def correct_account(
    conn: Connection, officer: Principal, cipher: PiiCipher, body: AccountCorrectionIn
) -> AccountOut:
    """Replace a household's account by a new version; the old one stays on file as no longer valid.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
        AccountPassedOn: it was merged into another household, whose account counts.
    """
    household = await conn.fetchrow(_LOCK, body.household_id)
    scopes = officer.regions_for(Right.ACCOUNTS_CORRECT)
    if household is None or not household["village_code"].startswith(tuple(scopes)):
        raise HouseholdsUnknown([body.household_id])
    if household["merged_into_id"] is not None:
        into = await conn.fetchrow(_STANDS_FOR_IT, body.household_id)
        assert into is not None
        raise AccountPassedOn(household["number"], into["number"], into["id"])
    await retire_account(conn, body.household_id)
    sealed = cipher.encrypt(body.account_number, ACCOUNT_CONTEXT)
    row = await conn.fetchrow(_ADD, body.household_id, body.bank_code, sealed, body.reason, officer.subject)
    assert row is not None
    return AccountOut(account_number=masked_tail(body.account_number), **row)


async def retire_account(conn: Connection, household_id: UUID) -> None:
    """Let a household's account count no more: nothing is paid to it until another one is put on file."""
    await conn.execute(_RETIRE, household_id)


async def reveal_accounts(
    conn: Connection, caller: Principal, cipher: PiiCipher, household_ids: Sequence[UUID]
) -> AccountLookupsOut:
    """Return the valid accounts of households in clear, in the order asked for.

    A household that has ended is answered too, for what it was owed before is still paid (FJ-11): one that was merged
    in another with the account of that household, or its own while that household has none; one that moved away or
    died out with the last account it had.
    """
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
            account_household_id=row["account_household_id"],
            holder_name=cipher.decrypt(row["name_sealed"], NAME_CONTEXT),
            id_number=cipher.decrypt(row["resident_id_sealed"], RESIDENT_ID_CONTEXT),
            bank_code=row["bank_code"],
            account_number=cipher.decrypt(row["account_sealed"], ACCOUNT_CONTEXT),
            account_version=row["account_version"],
        )
        for row in rows
    ]
