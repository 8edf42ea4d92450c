"""Start a payment run: ask for the accounts first, then write one instruction for each household owed something."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.deciding import lock_batch
from services.subsidy.batches.actions.paying import approved_on, reduce_batch, settle_batch, start_paying
from services.subsidy.batches.actions.preparing import rules_of_county
from services.subsidy.batches.comparison_sql import TOO_HIGH
from services.subsidy.batches.plans import SECONDS, hashed
from services.subsidy.batches.refusals import BatchInWrongState
from services.subsidy.batches.rules.states import BatchState
from services.subsidy.clawbacks.actions.deciding import lock_county
from services.subsidy.clients import Account, look_up_accounts
from services.subsidy.payees.queries import payees_of
from services.subsidy.payments.actions.correcting import households_in_doubt
from services.subsidy.payments.actions.holding import hold, households_without_heir, listed_households
from services.subsidy.payments.queries import OWED, run_out
from services.subsidy.payments.refusals import NothingToPay
from services.subsidy.payments.schemas import PaymentRunIn, PaymentRunOut
from services.subsidy.payments.sealed import ACCOUNT_CONTEXT, HOLDER_CONTEXT, ID_NUMBER_CONTEXT
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.clients import PeerClient
from shared.dates import ensure_not_before
from shared.db import Connection, Database
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.offices import Step
from shared.pii import PiiCipher
from shared.scope import scope_of

PAYABLE: Final = (BatchState.APPROVED, BatchState.PAYING)
# Who is owed something and has neither been paid nor an instruction under way.
_UNPAID: Final = f"""
SELECT o.household_id, o.amount FROM ({OWED}) o
WHERE o.household_id NOT IN (  -- hashed once, whatever the statistics of a fresh batch say
  SELECT i.household_id FROM payment_instruction i WHERE i.batch_id = $1 AND i.state IN ('sent', 'paid'))
"""  # noqa: S608 - our own text
# What a line gives too much by the facts known now is not paid out, as far as its household is owed anything.
_REDUCE: Final = f"""
WITH {TOO_HIGH}, unpaid AS ({_UNPAID.replace("$1", "$3")}), spared AS (
  SELECT t.line_id, t.loan_id, least(t.amount, greatest(0, u.amount - (sum(t.amount) OVER (
    PARTITION BY t.household_id ORDER BY t.line_id) - t.amount))) AS amount
  FROM too_high t JOIN unpaid u USING (household_id)
), added AS (
  INSERT INTO payment_reduction (id, run_id, line_id, loan_id, amount)
  SELECT uuid7(), $4, line_id, loan_id, amount FROM spared WHERE amount > 0 RETURNING amount
)
SELECT coalesce(sum(amount), 0.00) FROM added
"""  # noqa: S608 - our own text
# Who recorded that the money of the households to be paid came back, and on which day it last did.
_CAME_BACK: Final = """
SELECT coalesce(array_agg(DISTINCT t.recorded_by), '{}') AS recorders, max(t.returned_on) AS last_on
FROM returned_transfer t JOIN payment_instruction i ON i.id = t.instruction_id
WHERE i.batch_id = $1 AND t.withdrawn_on IS NULL AND NOT EXISTS (
  SELECT FROM payment_instruction n
  WHERE n.batch_id = i.batch_id AND n.household_id = i.household_id AND n.state IN ('sent', 'paid'))
"""
_PAYABLE_BATCH: Final = """
SELECT true FROM subsidy_batch WHERE id = $1 AND county_code ^@ ANY ($2::text[]) AND state = ANY ($3::text[])
"""
_OPEN: Final = f"""
WITH unpaid AS ({_UNPAID})
INSERT INTO payment_run (id, batch_id, number, paid_on, paying_bank, instructions, amount, without_account, started_by,
  office, held)
SELECT $2, $1, (SELECT coalesce(max(number), 0) + 1 FROM payment_run WHERE batch_id = $1), $3, $4,
  count(known.household_id), coalesce(sum(u.amount) FILTER (WHERE known.household_id IS NOT NULL), 0),
  count(*) FILTER (WHERE known.household_id IS NULL), $5, $7, cardinality($8::uuid[])
FROM unpaid u LEFT JOIN unnest($6::uuid[]) AS known (household_id) ON known.household_id = u.household_id
WHERE u.household_id <> ALL ($8::uuid[])
RETURNING instructions, without_account
"""  # noqa: S608 - our own text
_INSTRUCT: Final = f"""
WITH unpaid AS ({_UNPAID})
INSERT INTO payment_instruction (id, run_id, batch_id, household_id, holder_name_sealed, id_number_sealed, bank_code,
  account_sealed, account_version, account_household_id, payee_id, amount, state)
SELECT uuid7(), $2, $1, u.household_id, a.holder_name_sealed, a.id_number_sealed, a.bank_code, a.account_sealed,
  a.account_version, nullif(a.account_household_id, u.household_id), a.payee_id, u.amount, 'sent'
FROM unpaid u
JOIN unnest($3::uuid[], $4::bytea[], $5::bytea[], $6::text[], $7::bytea[], $8::int[], $9::uuid[], $10::uuid[])
  AS a (household_id, holder_name_sealed, id_number_sealed, bank_code, account_sealed, account_version,
    account_household_id, payee_id)
  ON a.household_id = u.household_id
WHERE u.household_id <> ALL ($11::uuid[])
"""  # noqa: S608 - our own text


@dataclass(frozen=True, slots=True)
class SealedAccounts:
    """The accounts registry answered, sealed, as columns for one statement."""

    household_ids: list[UUID]
    holder_names: list[bytes]
    id_numbers: list[bytes]
    bank_codes: list[str]
    account_numbers: list[bytes]
    versions: list[int]
    account_household_ids: list[UUID | None]
    payee_ids: list[UUID | None]


async def find_accounts(
    database: Database, registry: PeerClient, cipher: PiiCipher, officer: Principal, batch_id: UUID
) -> SealedAccounts:
    """Ask registry for the accounts of the batch's unpaid households, outside any transaction.

    Nothing is refused here: the same request sent again must find its stored answer first.
    """
    async with database.connection() as conn:
        regions = officer.regions_for(Right.SUBSIDIES_PAY)
        payable = await conn.fetchval(_PAYABLE_BATCH, batch_id, regions, [str(state) for state in PAYABLE])
        unpaid = [row["household_id"] for row in await conn.fetch(_UNPAID, batch_id)] if payable else []
        heirs = await payees_of(conn, cipher, unpaid)
    others = [each for each in unpaid if each not in heirs]
    accounts = [*heirs.values(), *(await look_up_accounts(registry, others) if others else [])]
    return await asyncio.to_thread(_sealed, accounts, cipher)


async def start_run(
    conn: Connection, officer: Principal, batch_id: UUID, body: PaymentRunIn, accounts: SealedAccounts
) -> PaymentRunOut:
    """Write an instruction for each household that is owed something, with the version of its account frozen.

    A later run of the same batch takes only those whose instruction the bank rejected or whose money came back, who
    had no account, or who were held: nothing is paid to a household as long as it is listed (LG-22), of one that died
    out until a payee is confirmed, or while two persons look into whether an earlier transfer was paid. What lines give
    too much by the facts known now is not paid out and goes back to the programme (FJ-6).

    Raises:
        BatchUnknown: it does not exist in the officer's region.
        OtherOffice: the county's pack has another office pay.
        BatchInWrongState: it is not approved, or settled already.
        DateBeforeStep: the money would go out before it was approved, or before it came back.
        NothingToPay: nobody can be paid now.
        MakerIsChecker: the officer recorded that money of this batch came back, which this run would pay again.
    """
    batch = await lock_batch(conn, officer, Right.SUBSIDIES_PAY, batch_id)
    office = await acting_in(conn, officer, Step.SUBSIDY_PAYMENT, batch["county_code"], body.paid_on)
    if batch["state"] not in PAYABLE:
        raise BatchInWrongState(batch_id, batch["state"], "payment")
    ensure_not_before("paid_on", body.paid_on, "approved_on", await approved_on(conn, batch_id))
    await _ensure_may_pay_again(conn, officer, batch_id, body)
    run_id, listed = new_id(), await listed_households(conn, batch, body.paid_on)
    in_doubt = await households_in_doubt(conn, batch_id)
    held = {*await households_without_heir(conn, batch, body.paid_on, accounts.payee_ids), *listed, *in_doubt}
    all_paid, reduced = await _reduce(conn, batch, run_id, body)
    who = (officer.subject, accounts.household_ids, str(office), list(held))
    opened = await conn.fetchrow(_OPEN, batch_id, run_id, body.paid_on, body.paying_bank, *who)
    if not opened["instructions"] and not reduced:
        raise NothingToPay(batch_id, opened["without_account"], len(held))
    await conn.execute(_INSTRUCT, batch_id, run_id, *_columns(accounts), list(held))
    await hold(conn, run_id, held, listed, in_doubt)
    await start_paying(conn, batch_id)
    if all_paid:
        await settle_batch(conn, batch, body.paid_on)
    return await run_out(conn, scope_of(officer, Right.SUBSIDIES_PAY), run_id)


async def _ensure_may_pay_again(conn: Connection, officer: Principal, batch_id: UUID, body: PaymentRunIn) -> None:
    """Refuse that one person says money came back and pays it again."""
    back = await conn.fetchrow(_CAME_BACK, batch_id)
    if officer.subject in back["recorders"]:
        raise MakerIsChecker(officer.subject)
    if back["last_on"] is not None:
        ensure_not_before("paid_on", body.paid_on, "returned_on", back["last_on"])


async def _reduce(conn: Connection, batch: dict[str, Any], run_id: UUID, body: PaymentRunIn) -> tuple[bool, Decimal]:
    """Leave out what lines give too much; return whether nothing of the batch is left to pay, and how much it was."""
    await lock_county(conn, batch["county_code"])
    rules = await rules_of_county(conn, batch["county_code"])
    async with hashed(conn, batch["lines"]):
        reduced: Decimal = await conn.fetchval(_REDUCE, rules, body.paid_on, batch["id"], run_id, timeout=SECONDS)
    return bool(reduced) and await reduce_batch(conn, batch, reduced), reduced


def _sealed(accounts: Sequence[Account], cipher: PiiCipher) -> SealedAccounts:
    return SealedAccounts(
        [account.household_id for account in accounts],
        [cipher.encrypt(account.holder_name, HOLDER_CONTEXT) for account in accounts],
        [cipher.encrypt(account.id_number, ID_NUMBER_CONTEXT) for account in accounts],
        [account.bank_code for account in accounts],
        [cipher.encrypt(account.account_number, ACCOUNT_CONTEXT) for account in accounts],
        [account.account_version for account in accounts],
        [account.account_household_id for account in accounts],
        [account.payee_id for account in accounts],
    )


def _columns(accounts: SealedAccounts) -> tuple[list[Any], ...]:
    return (
        accounts.household_ids,
        accounts.holder_names,
        accounts.id_numbers,
        accounts.bank_codes,
        accounts.account_numbers,
        accounts.versions,
        accounts.account_household_ids,
        accounts.payee_ids,
    )
