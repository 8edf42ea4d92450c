"""Pay approved grants straight to the households' accounts, and take what the bank says of each transfer.

Payment runs belong to batches of interest subsidy and their lines; a grant has neither, so it has transfers of its own,
sealed alike and written in the same columns.
"""

import asyncio
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.clients import Account, look_up_accounts
from services.subsidy.grants.queries import get_list
from services.subsidy.grants.refusals import (
    GrantListInWrongState,
    GrantListUnknown,
    GrantOwedBack,
    GrantsOfStoppedProject,
    NoGrantToPay,
    TransferContradicted,
)
from services.subsidy.grants.rules.caps import rules_of
from services.subsidy.grants.schemas import GrantListOut, GrantResultsIn, GrantRunIn, GrantRunOut
from services.subsidy.payments.sealed import ACCOUNT_CONTEXT, HOLDER_CONTEXT
from services.subsidy.projects.actions.money import pay_out, take_in
from shared import outbox
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.dates import ensure_not_before
from shared.db import Connection, Database
from shared.errors import MakerIsChecker
from shared.events.subsidy import GrantsSettled
from shared.money import ZERO
from shared.pii import PiiCipher
from shared.policy.copies import find_current_pack

Sealed = tuple[list[UUID], list[bytes], list[str], list[bytes], list[int]]
# The project before its list, as a decision locks them: what is sent knows whether the project was stopped.
_LOCK_PROJECT: Final = """
SELECT true FROM project WHERE id = (SELECT project_id FROM grant_list WHERE id = $1) FOR UPDATE
"""
_LOCK: Final = """
SELECT l.*, p.region_code, p.state AS project_state FROM grant_list l JOIN project p ON p.id = l.project_id
WHERE l.id = $1 AND p.region_code ^@ ANY ($2::text[]) FOR UPDATE
"""
_OPEN: Final = """
FROM household_grant g WHERE g.list_id = $1 AND g.state = 'approved'
  AND NOT EXISTS (SELECT FROM grant_transfer t WHERE t.grant_id = g.id AND t.state IN ('sent', 'paid'))
"""
_UNPAID: Final = f"SELECT g.household_id {_OPEN} ORDER BY g.household_id"
# Whose entry on the blacklist holds on the day; one that was found wrong never held.
_LISTED: Final = f"""
SELECT DISTINCT g.household_id {_OPEN} AND EXISTS (
  SELECT FROM household_listing b WHERE b.household_id = g.household_id AND b.list_name = 'blacklist'
    AND NOT b.overturned AND b.listed_on <= $2 AND coalesce(b.cleared_on > $2, true))
"""  # noqa: S608 - our own text
# Never before what came back for the same grant came back.
_LAST_SETTLED: Final = f"""
SELECT max(settled_on) AS settled_on, bool_or(settled_by = $2 AND grant_id IN (SELECT g.id {_OPEN})) AS by_officer
FROM grant_transfer WHERE list_id = $1 AND state IN ('rejected', 'returned')
"""  # noqa: S608 - our own text
_SEND: Final = f"""
INSERT INTO grant_transfer (id, grant_id, list_id, holder_name_sealed, bank_code, account_sealed, account_version,
  amount, state, sent_by, sent_on)
SELECT uuid7(), g.id, $1, a.holder, a.bank_code, a.account, a.version, g.amount, 'sent', $2, $3
FROM (SELECT g.* {_OPEN}) g
JOIN unnest($4::uuid[], $5::bytea[], $6::text[], $7::bytea[], $8::int[]) AS a (household_id, holder, bank_code, account,
  version) ON a.household_id = g.household_id
WHERE g.household_id <> ALL ($9::uuid[])
RETURNING amount
"""  # noqa: S608 - our own text
# A transfer that was sent is paid or rejected; one that was paid may come back. The same word twice changes nothing.
# That it was rejected or came back is found wrong by another person, before it is sent again.
_SETTLE: Final = """
WITH said AS (
  SELECT DISTINCT ON (s.id) s.*, t.grant_id, t.state AS was FROM unnest($2::uuid[], $3::text[], $4::numeric[],
    $5::date[], $6::text[]) AS s (id, outcome, amount, settled_on, reason)
  JOIN grant_transfer t ON t.id = s.id AND t.list_id = $1 AND t.amount = s.amount AND s.settled_on >= t.sent_on
    AND (t.state = CASE s.outcome WHEN 'returned' THEN 'paid' ELSE 'sent' END
      AND s.settled_on >= coalesce(t.settled_on, t.sent_on)
      OR t.state = s.outcome AND t.settled_on = s.settled_on
      OR s.outcome = 'paid' AND t.state IN ('rejected', 'returned') AND t.settled_by <> $7 AND NOT EXISTS (
        SELECT FROM grant_transfer n WHERE n.grant_id = t.grant_id AND n.id > t.id))
), settled AS (
  UPDATE grant_transfer t SET state = s.outcome, settled_on = s.settled_on, reason = s.reason, settled_by = $7
  FROM said s WHERE t.id = s.id AND s.was <> s.outcome
), kept AS (
  INSERT INTO grant_result (id, transfer_id, outcome, settled_on, reason, recorded_by)
  SELECT uuid7(), s.id, s.outcome, s.settled_on, s.reason, $7 FROM said s WHERE s.was <> s.outcome
), granted AS (
  UPDATE household_grant g SET state = CASE s.outcome WHEN 'paid' THEN 'paid' ELSE 'approved' END
  FROM said s WHERE g.id = s.grant_id AND s.was <> s.outcome
)
SELECT id, outcome, amount, settled_on, was <> outcome AS is_new FROM said
"""
_SENT_BY: Final = (
    "SELECT EXISTS (SELECT FROM grant_transfer WHERE list_id = $1 AND id = ANY ($2::uuid[]) AND sent_by = $3)"
)
_OWED_BACK: Final = """
SELECT EXISTS (SELECT FROM grant_transfer t JOIN household_grant g ON g.id = t.grant_id
  WHERE t.list_id = $1 AND t.id = ANY ($2::uuid[]) AND t.state = 'paid' AND g.taken_back > 0)
"""
COUNT_EVENT: Final = "UPDATE grant_list SET version = version + 1 WHERE id = $1 RETURNING version"


async def find_accounts(
    database: Database, registry: PeerClient, cipher: PiiCipher, officer: Principal, list_id: UUID
) -> Sealed:
    """Ask registry for the accounts of a list's unpaid households, outside any transaction; nothing is refused here."""
    async with database.connection() as conn:
        found = await conn.fetchrow(_LOCK.replace(" FOR UPDATE", ""), list_id, officer.regions_for(Right.SUBSIDIES_PAY))
        unpaid = [row["household_id"] for row in await conn.fetch(_UNPAID, list_id)] if found else []
    accounts = await look_up_accounts(registry, unpaid) if unpaid else []
    return await asyncio.to_thread(_sealed, accounts, cipher)


def _sealed(accounts: Sequence[Account], cipher: PiiCipher) -> Sealed:
    return (
        [each.household_id for each in accounts],
        [cipher.encrypt(each.holder_name, HOLDER_CONTEXT) for each in accounts],
        [each.bank_code for each in accounts],
        [cipher.encrypt(each.account_number, ACCOUNT_CONTEXT) for each in accounts],
        [each.account_version for each in accounts],
    )


async def send_grants(
    conn: Connection, officer: Principal, list_id: UUID, body: GrantRunIn, accounts: Sealed
) -> GrantRunOut:
    """Write a transfer for each approved grant that is neither paid nor under way, to the household's own account.

    A household on the blacklist is sent nothing until its entry is cleared (LG-22(c)).

    Raises:
        GrantListUnknown, GrantListInWrongState, DateBeforeStep.
        GrantsOfStoppedProject: it was stopped for a violation.
        MakerIsChecker: who recorded that a transfer was rejected or came back does not send it again.
        NoGrantToPay: every grant is paid or under way, or its household is on the blacklist or has no account.
    """
    found = await _lock(conn, officer, Right.SUBSIDIES_PAY, list_id)
    if found["project_state"] == "stopped":
        raise GrantsOfStoppedProject
    ensure_not_before("sent_on", body.sent_on, "decided_on", found["decided_on"])
    came_back: Any = await conn.fetchrow(_LAST_SETTLED, list_id, officer.subject)
    if came_back["settled_on"] is not None:
        ensure_not_before("sent_on", body.sent_on, "settled_on", came_back["settled_on"])
    if came_back["by_officer"]:
        raise MakerIsChecker(officer.subject)
    held = await _held(conn, found["county_code"], list_id, body.sent_on)
    waiting = len(await conn.fetch(_UNPAID, list_id)) - len(held)
    sent = [row["amount"] for row in await conn.fetch(_SEND, list_id, officer.subject, body.sent_on, *accounts, held)]
    if not sent:
        raise NoGrantToPay(waiting, len(held))
    return GrantRunOut(
        list_id=list_id,
        transfer_count=len(sent),
        amount=sum(sent, ZERO),
        without_account_count=waiting - len(sent),
        held_count=len(held),
    )


async def _held(conn: Connection, county_code: str, list_id: UUID, on: date) -> list[UUID]:
    found = await find_current_pack(conn, county_code, on)
    if not rules_of(found.pack if found else None).bars_listed:
        return []
    return [row["household_id"] for row in await conn.fetch(_LISTED, list_id, on)]


async def settle_transfers(conn: Connection, officer: Principal, list_id: UUID, body: GrantResultsIn) -> GrantListOut:
    """Take the bank's word on transfers: what is paid counts in the programmes, what came back is to be paid again.

    Another person than who sent a transfer says what became of it; who said what is kept.

    Raises:
        GrantListUnknown, GrantListInWrongState.
        MakerIsChecker: the officer sent one of the transfers.
        GrantOwedBack: a transfer came back for a grant that its household owes.
        TransferContradicted: a result fits no transfer of the list, or says otherwise than an earlier one.
    """
    found = await _lock(conn, officer, Right.GRANTS_CONFIRM, list_id)
    columns = (
        [each.transfer_id for each in body.results],
        [each.outcome for each in body.results],
        [each.amount for each in body.results],
        [each.settled_on for each in body.results],
        [each.reason for each in body.results],
    )
    if await conn.fetchval(_SENT_BY, list_id, columns[0], officer.subject):
        raise MakerIsChecker(officer.subject)
    came_back = [each.transfer_id for each in body.results if each.outcome == "returned"]
    if await conn.fetchval(_OWED_BACK, list_id, came_back):
        raise GrantOwedBack
    taken = {row["id"]: row for row in await conn.fetch(_SETTLE, list_id, *columns, officer.subject)}
    for each in body.results:
        if each.transfer_id not in taken or taken[each.transfer_id]["outcome"] != each.outcome:
            raise TransferContradicted(each.transfer_id)
    await _book(conn, found, [row for row in taken.values() if row["is_new"]])
    return await get_list(conn, [found["region_code"]], list_id)


async def _book(conn: Connection, found: dict[str, Any], taken: Sequence[Any]) -> None:
    paid: Decimal = sum((row["amount"] for row in taken if row["outcome"] == "paid"), ZERO)
    back: Decimal = sum((row["amount"] for row in taken if row["outcome"] == "returned"), ZERO)
    if back:
        await take_in(conn, found["project_id"], back)
    if paid:
        await pay_out(conn, found["project_id"], paid)
    if paid or back:
        version = await conn.fetchval(COUNT_EVENT, found["id"])
        event = GrantsSettled(
            grant_list_id=found["id"],
            project_id=found["project_id"],
            county_code=found["county_code"],
            amount_paid=paid,
            amount_returned=back,
            settled_on=max(row["settled_on"] for row in taken),
        )
        place = {"aggregate_id": found["id"], "aggregate_version": version, "region_code": found["region_code"]}
        await outbox.record(conn, event, **place)


async def _lock(conn: Connection, officer: Principal, right: Right, list_id: UUID) -> dict[str, Any]:
    await conn.execute(_LOCK_PROJECT, list_id)
    row = await conn.fetchrow(_LOCK, list_id, officer.regions_for(right))
    if row is None:
        raise GrantListUnknown(list_id)
    if row["state"] != "approved":
        raise GrantListInWrongState(row["state"])
    return dict(row)
