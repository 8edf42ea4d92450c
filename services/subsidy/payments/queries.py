"""Named reads of runs, their instructions and return files."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import Record

from services.subsidy.batches.queries import get_batch
from services.subsidy.payments.refusals import PaymentRunUnknown
from services.subsidy.payments.rules.printed import Head, sheet_of
from services.subsidy.payments.schemas import (
    InstructionOut,
    PaymentRunOut,
    RefusedLine,
    ReturnedTransferOut,
    ReturnFileOut,
)
from services.subsidy.payments.sealed import ACCOUNT_CONTEXT, HOLDER_CONTEXT, ID_NUMBER_CONTEXT
from services.subsidy.payments.sheet import Transfer, digest_of_transfers
from shared.access import Principal, Right
from shared.csv_files.text import written
from shared.db import Connection
from shared.offices import office_zh
from shared.pii import PiiCipher
from shared.policy.vocabulary import Office
from shared.prints.sheet import Sheet
from shared.resident_id import masked
from shared.scope import Scope, scope_of, seen

INSTRUCTION_COLUMNS: Final = ("instruction_id", "holder_name", "bank_code", "account_number", "amount", "purpose")
SHOWN_MAX: Final = 100
_RUN: Final = """
SELECT r.*, r.instructions AS instruction_count, r.without_account AS without_account_count,
  r.held AS held_count,
  b.state AS batch_state, b.county_code, b.period_from, b.period_until
FROM payment_run r JOIN subsidy_batch b ON b.id = r.batch_id WHERE r.id = $1
"""
_ABOUT: Final = """
SELECT g.name, g.fund_sources, b.office AS prepared_as, r.office,
  (SELECT office FROM batch_decision d WHERE d.batch_id = b.id AND d.step = 'review') AS reviewed_as,
  (SELECT office FROM batch_decision d WHERE d.batch_id = b.id AND d.step = 'approval') AS approved_as
FROM payment_run r JOIN subsidy_batch b ON b.id = r.batch_id JOIN programme g ON g.id = b.programme_id WHERE r.id = $1
"""
_COUNTS: Final = """
SELECT count(*) FILTER (WHERE state = 'sent')::int AS sent_count,
  count(*) FILTER (WHERE state = 'paid')::int AS paid_count,
  count(*) FILTER (WHERE state = 'rejected')::int AS rejected_count,
  count(*) FILTER (WHERE state = 'returned')::int AS returned_count
FROM payment_instruction WHERE run_id = $1
"""
# Looked up household by household through the keys (OFFSET keeps it so): a plan that does not depend on how well these
# tables are measured. Joined instead, each household of a new batch was compared with each other.
_SEEN: Final = f"""EXISTS (
  SELECT FROM subsidy_line s JOIN subsidy_account a ON a.loan_id = s.loan_id
  WHERE s.batch_id = i.batch_id AND s.household_id = i.household_id
  AND {seen("s.village_code", "a.bank_code", regions="$2", banks="$3")} OFFSET 0)"""
# What a batch's lines give each household, less what proved too much before it was paid; $1 the batch.
OWED: Final = """
SELECT l.batch_id, l.household_id, sum(l.amount - coalesce(r.amount, 0)) AS amount
FROM subsidy_line l
LEFT JOIN (
  SELECT p.line_id, sum(p.amount) AS amount FROM payment_reduction p JOIN subsidy_line s ON s.id = p.line_id
  WHERE s.batch_id = $1 GROUP BY 1) r ON r.line_id = l.id
WHERE l.batch_id = $1 GROUP BY 1, 2 HAVING sum(l.amount - coalesce(r.amount, 0)) > 0
"""
WITHOUT_INSTRUCTION: Final = f"""
SELECT household_id FROM ({OWED}) i
WHERE {_SEEN} AND NOT EXISTS (
  SELECT FROM payment_instruction p WHERE p.batch_id = i.batch_id AND p.household_id = i.household_id OFFSET 0)
  AND NOT EXISTS (
  SELECT FROM payment_hold d WHERE d.household_id = i.household_id
    AND d.run_id = (SELECT id FROM payment_run r WHERE r.batch_id = $1 ORDER BY number DESC LIMIT 1) OFFSET 0)
ORDER BY household_id LIMIT $4
"""  # noqa: S608 - our own text
HELD: Final = f"""
SELECT i.household_id FROM payment_hold h JOIN payment_run r ON r.id = h.run_id
CROSS JOIN LATERAL (SELECT r.batch_id, h.household_id) i
WHERE h.run_id = $1 AND {_SEEN} ORDER BY i.household_id LIMIT $4
"""  # noqa: S608 - our own text
_INSTRUCTIONS: Final = """
SELECT id, holder_name_sealed, id_number_sealed, bank_code, account_sealed, amount FROM payment_instruction
WHERE run_id = $1 ORDER BY id
"""
SHOWN: Final = f"""
SELECT i.* FROM payment_instruction i
WHERE i.batch_id = $1 AND {_SEEN} AND ($4::text IS NULL OR i.state = $4) AND ($5::uuid IS NULL OR i.id > $5)
ORDER BY i.id LIMIT $6
"""  # noqa: S608 - our own text
_RUNS: Final = "SELECT id FROM payment_run WHERE batch_id = $1 ORDER BY number"
_FILE: Final = """
SELECT f.*, b.state AS batch_state, f.lines AS line_count, f.total AS total_amount, f.paid AS paid_count,
  f.rejected AS rejected_count, f.returned AS returned_count,
  f.already_recorded AS already_recorded_count, f.refused AS refused_count
FROM return_file f JOIN payment_run r ON r.id = f.run_id JOIN subsidy_batch b ON b.id = r.batch_id WHERE f.id = $1
"""
_RETURNED: Final = """
SELECT t.*, i.run_id, i.batch_id, i.household_id, i.account_version, i.settled_on AS paid_on, b.state AS batch_state
FROM returned_transfer t JOIN payment_instruction i ON i.id = t.instruction_id JOIN subsidy_batch b ON b.id = i.batch_id
"""
_RETURNED_ONE: Final = f"{_RETURNED} WHERE t.id = $1"
_RETURNED_OF_BATCH: Final = f"""
{_RETURNED} WHERE i.batch_id = $1 AND {_SEEN} AND ($4::uuid IS NULL OR t.id > $4) ORDER BY t.id LIMIT $5
"""
_REFUSED: Final = """
SELECT line_number, instruction_id, code, reason FROM return_file_refusal WHERE file_id = $1
ORDER BY line_number LIMIT $2
"""


async def run_out(conn: Connection, scope: Scope, run_id: UUID) -> PaymentRunOut:
    """Return a run with its instructions' states and (the first of) the households in scope that it left out."""
    run, counts = await conn.fetchrow(_RUN, run_id), await conn.fetchrow(_COUNTS, run_id)
    missing = await conn.fetch(WITHOUT_INSTRUCTION, run["batch_id"], scope.regions, scope.banks, SHOWN_MAX)
    held = await conn.fetch(HELD, run_id, scope.regions, scope.banks, SHOWN_MAX)
    return PaymentRunOut(
        households_without_account=[row["household_id"] for row in missing],
        households_held=[row["household_id"] for row in held],
        **dict(counts),
        **dict(run),
    )


async def visible_run(conn: Connection, officer: Principal, run_id: UUID) -> Record:
    """Return the row of a run the officer may confirm; a bank's user only those his bank pays out.

    Raises:
        PaymentRunUnknown: it does not exist for the officer.
    """
    scope = scope_of(officer, Right.SUBSIDIES_CONFIRM)
    run = await conn.fetchrow(_RUN, run_id)
    if run is None or not scope.sees(run["county_code"], run["paying_bank"]):
        raise PaymentRunUnknown(run_id)
    return run


async def instructions_csv(conn: Connection, officer: Principal, cipher: PiiCipher, run_id: UUID) -> bytes:
    """Return a run's instructions for the paying bank, names and account numbers in clear.

    Raises:
        PaymentRunUnknown: it does not exist for the officer.
    """
    run = await visible_run(conn, officer, run_id)
    return await asyncio.to_thread(_written, await transfers_of(conn, cipher, run_id), purpose_of(run))


def purpose_of(run: Record) -> str:
    """Return what is written for the bank as the purpose of a run's payments."""
    return f"小额信贷贴息 {run['period_from']}–{run['period_until']}"


async def transfers_of(conn: Connection, cipher: PiiCipher, run_id: UUID) -> list[Transfer]:
    """Return a run's payments, names, ID and account numbers in clear, in the order of their instructions."""
    return await asyncio.to_thread(_opened, await conn.fetch(_INSTRUCTIONS, run_id), cipher)


async def payment_list(conn: Connection, officer: Principal, cipher: PiiCipher, run_id: UUID) -> Sheet:
    """Return a run's payment list to sign, ID numbers masked.

    Raises:
        PaymentRunUnknown: it does not exist for the officer.
    """
    run = await visible_run(conn, officer, run_id)
    transfers = await transfers_of(conn, cipher, run_id)
    about: Any = await conn.fetchrow(_ABOUT, run_id)
    steps = (("编制", "prepared_as"), ("审核", "reviewed_as"), ("批准", "approved_as"), ("发放", "office"))
    head = Head(
        programme=about["name"],
        fund_sources=about["fund_sources"],
        batch_id=str(run["batch_id"]),
        run=run["number"],
        period_from=run["period_from"],
        period_last=run["period_until"] - timedelta(days=1),
        paid_on=run["paid_on"],
        digest=digest_of_transfers(transfers),
        offices=[(what, office_zh(Office(about[column]))) for what, column in steps if about[column]],
    )
    paid = [(t.holder_name, masked(t.id_number or ""), t.bank_code, t.account_number, t.amount) for t in transfers]
    return await asyncio.to_thread(sheet_of, head, paid)


async def list_runs(conn: Connection, scope: Scope, batch_id: UUID) -> list[PaymentRunOut]:
    """Return a batch's runs in order; there are few, one for each round of corrected accounts.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
    """
    await get_batch(conn, scope, batch_id)
    return [await run_out(conn, scope, row["id"]) for row in await conn.fetch(_RUNS, batch_id)]


async def list_instructions(
    conn: Connection, scope: Scope, batch_id: UUID, state: str | None, after: UUID | None, limit: int
) -> list[InstructionOut]:
    """Return up to `limit` instructions of a batch to households in scope, without names and numbers.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
    """
    await get_batch(conn, scope, batch_id)
    rows = await conn.fetch(SHOWN, batch_id, scope.regions, scope.banks, state, after, limit)
    return [InstructionOut(**row) for row in rows]


async def returned_transfer_out(conn: Connection, transfer_id: UUID) -> ReturnedTransferOut:
    """Return a transfer that came back."""
    row: Any = await conn.fetchrow(_RETURNED_ONE, transfer_id)
    return ReturnedTransferOut(**row)


async def list_returned_transfers(
    conn: Connection, scope: Scope, batch_id: UUID, after: UUID | None, limit: int
) -> list[ReturnedTransferOut]:
    """Return up to `limit` transfers of a batch to households in scope that came back, in the order of their record.

    Raises:
        BatchUnknown: it does not exist in the caller's regions.
    """
    await get_batch(conn, scope, batch_id)
    rows = await conn.fetch(_RETURNED_OF_BATCH, batch_id, scope.regions, scope.banks, after, limit)
    return [ReturnedTransferOut(**row) for row in rows]


async def return_file_out(conn: Connection, file_id: UUID) -> ReturnFileOut:
    """Return what a return file did."""
    row: Any = await conn.fetchrow(_FILE, file_id)
    refused = await conn.fetch(_REFUSED, file_id, SHOWN_MAX)
    return ReturnFileOut(refused_lines=[RefusedLine(**each) for each in refused], **row)


def _opened(rows: Sequence[Record], cipher: PiiCipher) -> list[Transfer]:
    return [
        Transfer(
            instruction_id=row["id"],
            holder_name=cipher.decrypt(row["holder_name_sealed"], HOLDER_CONTEXT),
            id_number=cipher.decrypt(row["id_number_sealed"], ID_NUMBER_CONTEXT) if row["id_number_sealed"] else None,
            bank_code=row["bank_code"],
            account_number=cipher.decrypt(row["account_sealed"], ACCOUNT_CONTEXT),
            amount=row["amount"],
        )
        for row in rows
    ]


def _written(transfers: Sequence[Transfer], purpose: str) -> bytes:
    return written(
        INSTRUCTION_COLUMNS,
        ((t.instruction_id, t.holder_name, t.bank_code, t.account_number, t.amount, purpose) for t in transfers),
    )
