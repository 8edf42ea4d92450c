"""Recording a bank's repayment file: staged with one COPY, recorded in a few statements, answered line by line."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.lending.accounts.actions.restating import Change, NewRepayment, RestatementCause, restate
from services.lending.accounts.actions.storing import Replayed
from services.lending.repayments import recording_sql
from services.lending.repayments.file import FILE
from services.lending.repayments.refusals import refusal_of
from services.lending.repayments.schemas import RejectedLine, RepaymentFileOut
from shared.access import Principal, Right
from shared.csv_files.staging import stage_file
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.outbox import current_traceparent
from shared.policy.vocabulary import Payer
from shared.scope import organisation_of

REJECTIONS_SHOWN = 100

# Sorting and hashing 100 000 lines fits; other requests may wait for a file's locks as long as the file takes.
_SETTINGS = "SELECT set_config('work_mem', '64MB', true), set_config('lock_timeout', '30s', true)"

_CREATE_LINES = """
CREATE TEMP TABLE repayment_line (
  line_number int NOT NULL, loan_id uuid, bank_reference text, kind text, paid_on date, amount numeric(18, 2),
  payer text, payer_name text, round int, code text, unreadable text
) ON COMMIT DROP
"""
# $1 bank, $2 regions, $3 today. Lines of one loan are numbered in the order of their dates, then of the file.
_RESOLVE = f"""
WITH {FILE.read}
INSERT INTO repayment_line (line_number, loan_id, bank_reference, kind, paid_on, amount, payer, payer_name, unreadable,
  round, code)
SELECT r.line_number, l.id, r.bank_reference, r.kind, r.paid_on, r.amount, coalesce(r.payer, 'borrower'),
  trim(r.payer_name), r.unreadable,
  row_number() OVER (PARTITION BY l.id ORDER BY r.paid_on, r.line_number),
  CASE
    WHEN r.unreadable IS NOT NULL THEN 'line-malformed'
    WHEN l.id IS NULL AND EXISTS (SELECT FROM loan o WHERE o.contract_number = r.contract_number
      AND o.bank_code <> $1::text AND o.village_code ^@ ANY ($2::text[])) THEN 'loan-of-another-bank'
    WHEN l.id IS NULL AND EXISTS (SELECT FROM loan o WHERE o.bank_code = $1::text AND o.cancelled_on IS NOT NULL
      AND o.contract_number = r.contract_number AND o.village_code ^@ ANY ($2::text[])) THEN 'loan-cancelled'
    WHEN l.id IS NULL THEN 'loan-unknown'
    WHEN r.paid_on > $3::date THEN 'date-in-future'
  END
FROM read r
LEFT JOIN loan l ON l.bank_code = $1::text AND l.contract_number = r.contract_number AND l.cancelled_on IS NULL
  AND l.village_code ^@ ANY ($2::text[])
"""  # noqa: S608 - our own text
# Two loans under one reference cannot both be right; the first line keeps it.
_REFUSE_SHARED_REFERENCES = """
UPDATE repayment_line d SET code = 'bank-reference-conflict'
FROM (
  SELECT line_number, loan_id, first_value(loan_id) OVER (PARTITION BY bank_reference ORDER BY line_number) AS first
  FROM repayment_line
  WHERE code IS NULL AND bank_reference IN (
    SELECT bank_reference FROM repayment_line WHERE code IS NULL GROUP BY 1 HAVING count(*) > 1)
) shared
WHERE d.line_number = shared.line_number AND shared.loan_id <> shared.first
"""
_LOCK = """
SELECT count(*) FROM (
  SELECT id FROM loan WHERE id IN (SELECT loan_id FROM repayment_line WHERE code IS NULL) ORDER BY id FOR NO KEY UPDATE
) locked
"""
_ROUNDS = "SELECT coalesce(max(round), 0) FROM repayment_line WHERE code IS NULL"
_REFUSED_EARLY = """
SELECT line_number, code AS refusal, unreadable, bank_reference, paid_on, amount, $1::date AS today
FROM repayment_line
WHERE code IS NOT NULL
"""
_STORE_FILE = """
INSERT INTO repayment_file (id, bank_code, lines, total, recorded, already_recorded, rejected, amount_recorded, penalty,
  interest, principal, held, remitted, loans_closed, received_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
"""
_STORE_REJECTIONS = """
INSERT INTO repayment_rejection (file_id, line_number, bank_reference, contract_number, kind, paid_on, payer,
  payer_name, amount, code, reason)
SELECT $1, line_number, f.bank_reference, f.contract_number, f.kind, f.paid_on, f.payer, f.payer_name, f.amount,
  refused.code, refused.reason
FROM unnest($2::int[], $3::text[], $4::text[]) AS refused (line_number, code, reason)
JOIN repayment_file_line f USING (line_number)
"""


@dataclass
class _Result:
    recorded: int = 0
    already_recorded: int = 0
    closed: int = 0
    amount: Decimal = ZERO
    penalty: Decimal = ZERO
    interest: Decimal = ZERO
    principal: Decimal = ZERO
    held: Decimal = ZERO
    small: dict[tuple[UUID, date], Decimal] = field(default_factory=dict)  # remitted by loan and day
    rejected: dict[int, RejectedLine] = field(default_factory=dict)

    def add(self, totals: Mapping[str, Any]) -> None:
        self.recorded += totals["recorded"]
        self.closed += totals["closed"]
        self.amount += Decimal(totals["amount"])
        self.penalty += Decimal(totals["penalty"])
        self.interest += Decimal(totals["interest"])
        self.principal += Decimal(totals["principal"])

    def book(self, replayed: Replayed, repayment_id: UUID) -> None:
        """Count a repayment that took its loan's replay."""
        paid = replayed.allocated[repayment_id]
        self.recorded += 1
        self.closed += replayed.position.closed_on is not None and replayed.books.loan["closed_on"] is None
        self.amount += replayed.account.receipt(repayment_id).posting.amount
        self.penalty += paid.penalty
        self.interest += paid.interest
        self.principal += paid.principal
        self.held += paid.held
        day = replayed.account.receipt(repayment_id).posting.value_on
        self.small[replayed.books.id, day] = replayed.account.small_differences(day)

    @property
    def remitted(self) -> Decimal:
        """Return what is owed no more on the days of the lines, as it was within tolerance."""
        return sum(self.small.values(), ZERO)

    def refuse(self, refused: Iterable[Mapping[str, Any]]) -> None:
        for figures in refused:
            if figures["refusal"] == "already-recorded":
                self.already_recorded += 1
                continue
            refusal = refusal_of(figures["refusal"], figures)
            line = RejectedLine(line_number=figures["line_number"], code=refusal.code, reason=refusal.detail)
            self.rejected.setdefault(line.line_number, line)


async def record_repayment_file(
    conn: Connection, officer: Principal, body: bytes, lines: int, total: Decimal, today: date
) -> RepaymentFileOut:
    """Record every line that can be recorded and say of every other why not.

    Lines of one loan are recorded in the order of their dates, then of the file.
    Raises: FileRefused: the whole file, by name (`stage_file`). Clauses: FJ-11, SX-5.
    """
    bank, regions = organisation_of(officer), officer.regions_for(Right.REPAYMENTS_RECORD)
    file_id, result = new_id(), _Result()
    await conn.execute(_SETTINGS)
    await stage_file(conn, FILE, body, lines, total)
    await _resolve(conn, bank, regions, today)
    result.refuse(await conn.fetch(_REFUSED_EARLY, today))
    for number in range(1, await conn.fetchval(_ROUNDS) + 1):
        row = await conn.fetchrow(
            recording_sql.RECORD_ROUND, bank, regions, officer.subject, current_traceparent(), file_id, number
        )
        result.add(row["totals"])
        refused = row["refused"] or ()
        result.refuse(line for line in refused if line["refusal"] != "replay")
        await _replay(conn, officer, file_id, bank, (line for line in refused if line["refusal"] == "replay"), result)
    return await _store(conn, officer, file_id, bank, lines, total, result)


async def _resolve(conn: Connection, bank: str, regions: list[str], today: date) -> None:
    await conn.execute(_CREATE_LINES)
    await conn.execute(_RESOLVE, bank, regions, today)
    await conn.execute("ANALYZE repayment_line")
    await conn.execute(_REFUSE_SHARED_REFERENCES)
    await conn.fetchval(_LOCK)


async def _replay(
    conn: Connection, officer: Principal, file_id: UUID, bank: str, lines: Iterable[Mapping[str, Any]], result: _Result
) -> None:
    """Book the lines of a round that take their loans' replay: early, back-dated, or more than is due."""
    changes = [
        Change(UUID(line["loan_id"]), RestatementCause.REPAYMENT, one.paid_on, (one,))
        for line in lines
        for one in [_new(line, file_id, bank, officer.subject)]
    ]
    ids = {change.loan_id: change.received[0].id for change in changes}
    for replayed in await restate(conn, changes) if changes else ():
        result.book(replayed, ids[replayed.books.id])


def _new(line: Mapping[str, Any], file_id: UUID, bank: str, subject: str) -> NewRepayment:
    return NewRepayment(
        id=new_id(),
        loan_id=UUID(line["loan_id"]),
        bank_code=bank,
        bank_reference=line["bank_reference"],
        kind=line["kind"],
        paid_on=date.fromisoformat(line["paid_on"]),
        amount=Decimal(line["amount"]),
        recorded_by=subject,
        file_id=file_id,
        line_number=line["line_number"],
        payer=Payer(line["payer"]),
        payer_name=line["payer_name"],
    )


async def _store(
    conn: Connection, officer: Principal, file_id: UUID, bank: str, lines: int, total: Decimal, result: _Result
) -> RepaymentFileOut:
    rejections = sorted(result.rejected.values(), key=lambda line: line.line_number)
    await conn.execute(
        _STORE_FILE,
        file_id,
        bank,
        lines,
        total,
        result.recorded,
        result.already_recorded,
        len(rejections),
        result.amount,
        result.penalty,
        result.interest,
        result.principal,
        result.held,
        result.remitted,
        result.closed,
        officer.subject,
    )
    if rejections:
        await conn.execute(
            _STORE_REJECTIONS,
            file_id,
            [line.line_number for line in rejections],
            [line.code for line in rejections],
            [line.reason for line in rejections],
        )
    return RepaymentFileOut(
        id=file_id,
        line_count=lines,
        total_amount=total,
        recorded_count=result.recorded,
        already_recorded_count=result.already_recorded,
        rejected_count=len(rejections),
        amount_recorded=result.amount,
        penalty=result.penalty,
        interest=result.interest,
        principal=result.principal,
        held=result.held,
        remitted=result.remitted,
        loans_closed=result.closed,
        rejections=rejections[:REJECTIONS_SHOWN],
    )
