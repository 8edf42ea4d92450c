"""(s) A batch of subsidy over a large county's loans, and its approval, beside one plain statement."""

import json
import time
from datetime import date
from typing import Any, Final
from uuid import UUID

import httpx
import psutil

from shared.access import Role
from shared.ids import new_id
from shared.policy.load import load_pack
from tools.bench.loans_sql import COUNTY, PUT_ACCOUNTS, PUT_PACK, loan_id
from tools.bench.memory import memory, while_it_runs
from tools.bench.ratios import Bound, Comparison, Series, Target
from tools.bench.world import PACK_FILE, World

PREPARED: Final = (
    "one statement on the same loans: interest of each loan, less the days after a mark, inserted into a table of "
    "eight columns with the keys of a line; no packs, no caps, no shares, no lists, no earlier lines, no reasons, no "
    "seal. Ours is `POST /subsidy-batches` over HTTP."
)
SECONDS: Final = "no floor: seconds of the same runs."
APPROVED: Final = "no floor: seconds of `POST /subsidy-batches/{id}/approvals`, which works every loan out anew."
MEMORY: Final = (
    "no floor: the largest memory of subsidy while it prepares the large batch, less what it took before, sampled four "
    "times a second."
)
COUNTIES: Final = ("500240", "500241")  # one of the size whose approval is measured, and a large one
MEMORY_MIB: Final = 32
_MIB: Final = 1024 * 1024
_SECONDS_MAX: Final = 600.0
PERIOD: Final = {"period_from": "2017-01-01", "period_until": "2018-01-01"}

_PUT_INTEREST: Final = """
INSERT INTO interest_payment (repayment_id, installment_number, loan_id, loan_version, bank_reference, kind, paid_on,
  period_from, period_until, amount)
SELECT uuid7(), 1, loan_id, 2, 'S', 'repayment', '2017-12-20', '2017-01-10', '2017-12-20', 2078.33
FROM subsidy_account WHERE loan_id BETWEEN $1 AND $2
"""
# One household in a hundred lost the subsidy in the middle of the year.
_PUT_STATES: Final = """
INSERT INTO household_state (household_id, version, village_code, state, effective_from)
SELECT a.household_id, v.version, a.village_code, v.state, v.effective_from
FROM subsidy_account a CROSS JOIN (VALUES (0, 'registered', date '2016-01-01'), (1, 'stably_lifted', '2017-07-01'))
  AS v (version, state, effective_from)
WHERE a.loan_id BETWEEN $1 AND $2
  AND (v.version = 0 OR ('x' || right(a.loan_id::text, 4))::bit(16)::int % 100 = 30)
"""
_PLAIN_TABLE: Final = """
CREATE TABLE plain_line (id uuid PRIMARY KEY, loan_id uuid REFERENCES subsidy_account, household_id uuid,
  repayment_id uuid, installment_number int, loan_version int, interest numeric, amount numeric,
  UNIQUE (repayment_id, installment_number),
  FOREIGN KEY (repayment_id, installment_number, loan_version) REFERENCES interest_payment)
"""
_PLAIN: Final = """
INSERT INTO plain_line
SELECT uuid7(), a.loan_id, a.household_id, p.repayment_id, p.installment_number, p.loan_version, p.amount,
  round(p.amount * greatest(0, least(p.period_until, s.stop_from) - p.period_from)
    / (p.period_until - p.period_from), 2)
FROM interest_payment p
JOIN subsidy_account a USING (loan_id)
LEFT JOIN (SELECT household_id, min(effective_from) AS stop_from FROM household_state WHERE state = 'stably_lifted'
  GROUP BY 1) s USING (household_id)
WHERE a.county_code = $1 AND p.superseded_by IS NULL AND p.paid_on >= $2 AND p.paid_on < $3
"""


class LinesMissing(RuntimeError):
    """A batch did not take all interest of its county."""


async def measure(world: World) -> list[Comparison]:
    """Prepare and approve a county's batch, then prepare a large one, each once: interest is reimbursed once."""
    few, many = world.sizes.subsidy_loans
    programmes = await _put_counties(world)
    batch, _ = await _prepared(world, COUNTIES[0], programmes[0], few)
    approval = await _approved(world, COUNTIES[0], batch)
    floor = [await _plain_seconds(world, COUNTIES[1])]
    process = _subsidy(world)
    rest = memory(process)
    (_, seconds), peak = await while_it_runs(process, _prepared(world, COUNTIES[1], programmes[1], many))
    floor.append(await _plain_seconds(world, COUNTIES[1]))
    prepared, plain = Series("a batch", "s", (seconds,)), Series("one statement", "s", tuple(floor))
    grown = Series("the subsidy service", "MiB", ((peak - rest) / _MIB,))
    return [
        _comparison("s1", f"{many} 笔贷款的贴息批次", f"A batch of {many} loans", prepared, 2, plain),
        _comparison("s2", f"{many} 笔贷款的贴息批次（秒）", f"A batch of {many} loans (s)", prepared, 60),
        _comparison(
            "s3",
            f"{few} 笔贷款的贴息审批（秒）",
            f"Approval of {few} loans' subsidy (s)",
            Series("approval", "s", (approval,)),
            2,
        ),
        _comparison("s4", "编制批次时内存增加 (MiB)", "Memory that a batch takes (MiB)", grown, MEMORY_MIB),
    ]


def _comparison(key: str, zh: str, en: str, ours: Series, most: float, floor: Series | None = None) -> Comparison:
    return Comparison(key, zh, en, ours, floor, Target(Bound.AT_MOST, most))


async def _put_counties(world: World) -> list[str]:
    """Put both counties' loans, interest and marks on file; return the ids of their programmes."""
    first = world.sizes.loans + 1
    pack = json.dumps(load_pack(PACK_FILE).model_dump(mode="json"))
    async with world.database("subsidy", as_superuser=True) as connection:
        await connection.execute(_PLAIN_TABLE)
        for county, count in zip(COUNTIES, world.sizes.subsidy_loans, strict=True):
            await connection.execute(PUT_PACK, new_id(), county, pack.replace(f'"{COUNTY}"', f'"{county}"'))
            last = first + count - 1
            await connection.execute(PUT_ACCOUNTS.replace(COUNTY, county), first, last)
            for statement in (_PUT_INTEREST, _PUT_STATES):
                await connection.execute(statement, loan_id(first), loan_id(last))
            first = last + 1
    await world.settle("subsidy", "subsidy_account", "interest_payment", "household_state")
    programme = {"year": 2017, "name": "贴息", "budget": "9999999999.00", "fund_sources": ["财政"],
                 "starts_on": "2017-01-01", "ends_on": "2017-12-31"}  # fmt: skip
    bodies = [(county, {**programme, "county_code": county}) for county in COUNTIES]
    return [await _programme(world, county, body) for county, body in bodies]


async def _programme(world: World, county: str, body: dict[str, Any]) -> str:
    """Open a programme, let a second officer confirm it and return its id."""
    opened = await _ask(world, Role.FINANCE_BUREAU, county, "programmes", body)
    path, said = f"programmes/{opened['id']}/decisions", {"decision": "approve", "decided_on": "2017-01-05"}
    await _ask(world, Role.FINANCE_BUREAU, county, path, said, subject="bench.chief")
    return str(opened["id"])


async def _prepared(world: World, county: str, programme: str, loans: int) -> tuple[str, float]:
    """Return a county's new batch and the seconds that it took."""
    body = {"county_code": county, "programme_id": programme, "prepared_on": "2017-12-25", **PERIOD}
    began = time.perf_counter()
    batch = await _ask(world, Role.SERVICE_CENTRE, county, "subsidy-batches", body)
    seconds = time.perf_counter() - began
    if batch["line_count"] != loans:
        raise LinesMissing(f"{batch['line_count']} of {loans}")
    return batch["id"], seconds


async def _approved(world: World, county: str, batch: str) -> float:
    """Return the seconds in which a reviewed batch is approved."""
    said = {"decision": "approve", "note": "同意"}
    path = f"subsidy-batches/{UUID(batch)}"
    await _ask(world, Role.POVERTY_OFFICE, county, f"{path}/reviews", {**said, "reviewed_on": "2017-12-26"})
    began = time.perf_counter()
    await _ask(world, Role.FINANCE_BUREAU, county, f"{path}/approvals", {**said, "approved_on": "2017-12-27"})
    return time.perf_counter() - began


async def _ask(
    world: World, role: Role, county: str, path: str, body: dict[str, Any], subject: str | None = None
) -> dict[str, Any]:
    host, port = world.address("subsidy")
    token = world.token("subsidy", role, subject or f"bench.{role}", region=county)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
    async with httpx.AsyncClient(trust_env=False, headers=headers, timeout=_SECONDS_MAX) as http:
        answer = await http.post(f"http://{host}:{port}/api/v1/{path}", json=body)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


async def _plain_seconds(world: World, county: str) -> float:
    with world.paused("subsidy"):
        async with world.database("subsidy", as_superuser=True) as connection:
            await connection.execute("TRUNCATE plain_line")
            began = time.perf_counter()
            await connection.execute(_PLAIN, county, date(2017, 1, 1), date(2018, 1, 1), timeout=_SECONDS_MAX)
            return time.perf_counter() - began


def _subsidy(world: World) -> psutil.Process:
    pid = world.platform.children()["subsidy"].pid
    if pid is None:
        raise LinesMissing("the subsidy service does not run")
    return psutil.Process(pid)
