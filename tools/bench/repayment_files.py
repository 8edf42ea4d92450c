"""(b) A bank's repayment file by HTTP, beside one COPY and the fewest set-based statements for the same lines."""

import io
import time
from decimal import Decimal
from typing import Final

import httpx

from shared.access import Role
from shared.events.lending import RepaymentRecorded
from shared.ids import new_id
from shared.outbox import bulk_insert
from tools.bench.loans_sql import BANK, PAID_ON, contract_number, next_reference
from tools.bench.ratios import Bound, Comparison, Series, Target
from tools.bench.world import World

AMOUNT: Final = Decimal("250.00")  # of the 2 078.33 due; a loan gets one line of each file
HEADER: Final = "bank_reference,contract_number,kind,paid_on,amount"
FLOOR: Final = (
    "one COPY into a temporary table and one statement on the same tables: INSERT the repayments, UPDATE instalments "
    "and loans, INSERT the events; no checks, no allocation, no parts, no answer per line. The service is paused."
)
REQUEST_SECONDS: Final = 120.0
_TABLES: Final = ("loan", "installment", "repayment", "repayment_part")

_STAGE: Final = """
CREATE TEMP TABLE floor_line (bank_reference text, contract_number text, kind text, paid_on date, amount numeric(18, 2))
ON COMMIT DROP
"""
_RECORD: Final = f"""
WITH line AS MATERIALIZED (
  SELECT uuidv7() AS repayment_id, f.bank_reference, f.kind, f.paid_on, f.amount, l.id AS loan_id, l.household_id,
    l.village_code, l.version + 1 AS version, l.principal_outstanding, i.number, i.period_from, i.due_on
  FROM floor_line f
  JOIN loan l ON l.bank_code = '{BANK}' AND l.contract_number = f.contract_number
  JOIN installment i ON i.loan_id = l.id AND i.number = 1
), put_repayment AS (
  INSERT INTO repayment (id, loan_id, bank_code, bank_reference, kind, paid_on, amount, penalty, interest, principal,
    principal_outstanding, loan_version, recorded_by)
  SELECT repayment_id, loan_id, '{BANK}', bank_reference, kind, paid_on, amount, 0, amount, 0, principal_outstanding,
    version, 'floor'
  FROM line
), put_installment AS (
  UPDATE installment i SET interest_paid = i.interest_paid + n.amount FROM line n
  WHERE i.loan_id = n.loan_id AND i.number = n.number
), put_loan AS (
  UPDATE loan l SET interest_paid = l.interest_paid + n.amount, version = n.version FROM line n WHERE l.id = n.loan_id
)
""" + bulk_insert(
    RepaymentRecorded,
    source="line n",
    aggregate_id="n.loan_id",
    aggregate_version="n.version",
    region_code="n.village_code",
    data={
        "loan_id": "n.loan_id",
        "household_id": "n.household_id",
        "repayment_id": "n.repayment_id",
        "bank_reference": "n.bank_reference",
        "kind": "n.kind",
        "paid_on": "n.paid_on",
        "amount": "n.amount::text",
        "penalty": "'0.00'",
        "interest": "n.amount::text",
        "principal": "'0.00'",
        "interest_parts": "jsonb_build_array(jsonb_build_object('installment_number', n.number, 'period_from', "
        "n.period_from, 'period_until', n.due_on, 'amount', n.amount::text))",
        "principal_outstanding": "n.principal_outstanding::text",
    },
    event_id="uuidv7()",
)


class FileNotTaken(RuntimeError):
    """A line was not recorded, so the times cannot be compared."""


def bank_file(first_loan: int, last_loan: int) -> bytes:
    """Return a file with one line for each loan, under references that are the bank's next ones."""
    lines, prefix = [HEADER], next_reference()
    for number in range(first_loan, last_loan + 1):
        lines.append(f"{prefix}-{number},{contract_number(number)},repayment,{PAID_ON},{AMOUNT}")
    return ("\n".join(lines) + "\n").encode()


async def measure(world: World) -> list[Comparison]:
    """Let the service and the floor take turns with files on the same loans."""
    lines = world.sizes.file_lines
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(world.sizes.rounds):
        await world.settle("lending", *_TABLES)
        ours.append(await _by_http(world, bank_file(*world.sizes.file_loans)))
        with world.paused("lending"):
            await world.settle("lending", *_TABLES)
            floor.append(await _by_copy(world, bank_file(*world.sizes.file_loans)))
            await world.settle("lending")
    return [
        Comparison(
            "b",
            f"还款文件 {lines} 笔",
            f"Repayment file of {lines} lines",
            Series("HTTP at the lending service", "s", tuple(ours)),
            Series("COPY and one statement", "s", tuple(floor)),
            Target(Bound.AT_MOST, 2.0),
        )
    ]


async def _by_http(world: World, content: bytes) -> float:
    host, port = world.address("lending")
    lines = world.sizes.file_lines
    headers = {
        "Authorization": f"Bearer {world.token('lending', Role.BANK, 'bench.bank', BANK)}",
        "Idempotency-Key": str(new_id()),
        "Content-Type": "text/csv",
    }
    asked: dict[str, str | int] = {"line_count": lines, "total_amount": f"{AMOUNT * lines:.2f}"}
    async with httpx.AsyncClient(trust_env=False, timeout=REQUEST_SECONDS) as http:
        began = time.perf_counter()
        url = f"http://{host}:{port}/api/v1/repayment-files"
        answer = await http.post(url, params=asked, content=content, headers=headers)
        seconds = time.perf_counter() - began
    if answer.status_code != 201 or answer.json()["recorded_count"] != lines:
        raise FileNotTaken(f"{answer.status_code}: {answer.text[:500]}")
    return seconds


async def _by_copy(world: World, content: bytes) -> float:
    lines = world.sizes.file_lines
    async with world.database("lending") as connection:
        began = time.perf_counter()
        async with connection.transaction():
            await connection.execute(_STAGE)
            await connection.copy_to_table("floor_line", source=io.BytesIO(content), format="csv", header=True)
            recorded = await connection.execute(_RECORD)
        seconds = time.perf_counter() - began
    if recorded != f"INSERT 0 {lines}":
        raise FileNotTaken(f"the floor recorded {recorded}, not {lines} lines")
    return seconds
