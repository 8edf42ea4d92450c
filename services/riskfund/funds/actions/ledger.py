"""Write entries into a fund's ledger: entry, postings, balances and the day's movement in one transaction."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import asyncpg

from services.riskfund.funds.actions.movements import Movement, move
from services.riskfund.funds.refusals import BankReferenceUsed
from services.riskfund.funds.rules.postings import Account, EntryKind, Postings, cash_change
from shared.db import Connection
from shared.ids import new_id

_OPEN_ACCOUNTS = "INSERT INTO ledger_account (fund_id, code) SELECT $1, unnest($2::text[])"
_ENTER = """
INSERT INTO journal_entry (id, fund_id, kind, entered_on, entered_by, reference, reverses)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_POST = """
WITH moved AS (
  UPDATE ledger_account a SET balance = a.balance + p.amount
  FROM unnest($3::text[], $4::numeric[]) AS p (account, amount)
  WHERE a.fund_id = $2 AND a.code = p.account RETURNING a.code, p.amount, a.balance
)
INSERT INTO posting (entry_id, fund_id, account, amount, balance_after)
SELECT $1, $2, code, amount, balance FROM moved RETURNING account
"""
# Each row's cash holds until the next row's day; before the first row there is none.
_CASH_FROM = """
SELECT coalesce(min(cash), 0.00) FROM (
  SELECT 0.00 AS cash, (SELECT min(moved_on) FROM cover_movement WHERE fund_id = $1) AS until_on
  UNION ALL
  SELECT sum(fund_change) OVER days, lead(moved_on) OVER days FROM cover_movement WHERE fund_id = $1
  WINDOW days AS (ORDER BY moved_on)
) held WHERE until_on IS NULL OR until_on > $2
"""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Who booked which movement of money, when, and the bank's reference of it."""

    booked_on: date
    booked_by: str
    bank_reference: str
    reverses: UUID | None = None  # the entry that it takes back, wholly or in part


async def open_accounts(conn: Connection, fund_id: UUID) -> None:
    """Open a new fund's accounts at zero."""
    await conn.execute(_OPEN_ACCOUNTS, fund_id, [str(account) for account in Account])


async def cash_of(conn: Connection, fund_id: UUID) -> Decimal:
    """Return the fund's cash in yuan."""
    read = "SELECT balance FROM ledger_account WHERE fund_id = $1 AND code = $2"
    balance: Decimal = await conn.fetchval(read, fund_id, str(Account.CASH))
    return balance


async def cash_from(conn: Connection, fund_id: UUID, day: date) -> Decimal:
    """Return the cash in yuan that the fund holds at the end of `day` and of every day since: the least of them.

    Money that came later does not count on the day, and money that left since cannot leave twice.
    """
    held: Decimal = await conn.fetchval(_CASH_FROM, fund_id, day)
    return held


async def enter(conn: Connection, fund_id: UUID, kind: EntryKind, postings: Postings, transfer: Transfer) -> UUID:
    """Book one entry and return its id; the caller holds the fund's lock.

    Raises:
        BankReferenceUsed: the reference stands for another entry of this kind.
    """
    entry_id = new_id()
    try:
        async with conn.transaction():
            await conn.execute(
                _ENTER,
                entry_id,
                fund_id,
                str(kind),
                transfer.booked_on,
                transfer.booked_by,
                transfer.bank_reference,
                transfer.reverses,
            )
    except asyncpg.UniqueViolationError:
        raise BankReferenceUsed(transfer.bank_reference) from None
    accounts = [str(posting.account) for posting in postings]
    posted = await conn.fetch(_POST, entry_id, fund_id, accounts, [posting.amount for posting in postings])
    assert len(posted) == len(postings), "every account of a fund exists"
    await move(conn, [Movement(fund_id, transfer.booked_on, fund=cash_change(postings))])
    return entry_id
