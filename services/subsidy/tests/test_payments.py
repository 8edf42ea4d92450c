"""From the approved batch to the confirmed transfer."""

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from services.subsidy.payments import queries
from services.subsidy.payments.file import FILE
from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    Register,
    approve,
    approved_batch,
    confirm,
    instructions,
    lend,
    look,
    open_programme,
    paid_rows,
    pay,
    prepare,
    review,
)
from shared.access import Role
from shared.csv_files.refusals import EncodingUnknown, FileHeaderUnknown, FileRefused, FileUnreadable
from shared.csv_files.staging import stage_file
from shared.events.lending import RepaymentRecorded
from shared.testing.service import ServiceUnderTest


async def _two_paid_loans(subsidy: ServiceUnderTest) -> tuple[Loan, RepaymentRecorded]:
    first, second = Loan(), Loan(principal="30000.00")
    repayment = first.paid("1776.25", penalty="3.20")
    await lend(subsidy, first, repayment)
    await lend(subsidy, second, second.paid("1065.75"))
    return first, repayment


@pytest.mark.clause("SX-5(b)", "DZ-7(a)", "DZ-2(i)", "FJ-11")
async def test_interest_paid_by_the_household_comes_back_through_a_batch(subsidy: ServiceUnderTest) -> None:
    first, repayment = await _two_paid_loans(subsidy)
    programme = await open_programme(subsidy)
    batch = await prepare(subsidy, programme)
    assert (batch["line_count"], batch["household_count"], batch["amount"], batch["excluded"]) == (2, 2, "2842.00", {})
    await review(subsidy, batch["id"])
    assert (await approve(subsidy, batch["id"]))["state"] == "approved"
    run = await pay(subsidy, batch["id"])
    assert (run["instruction_count"], run["amount"], run["without_account_count"]) == (2, "2842.00", 0)
    sent = await instructions(subsidy, run["id"])
    done = await confirm(subsidy, run["id"], paid_rows(sent))
    assert (done["paid_count"], done["amount_paid"], done["batch_state"]) == (2, "2842.00", "settled")

    lines = await look(subsidy, f"/subsidy-batches/{batch['id']}/lines?household_id={first.household_id}")
    (line,) = lines["items"]
    assert (line["loan_id"], line["amount"], line["reasons"]) == (str(first.loan_id), "1776.25", ["full"])
    assert line["bank_reference"].startswith("R-")
    # One look at a line names the repayment, the loan, the household and the transfer (DZ-7).
    assert (line["household_id"], line["repayment_id"]) == (str(first.household_id), str(repayment.repayment_id))
    assert line["instruction_id"] in {row[0] for row in sent}
    assert (line["instruction_state"], line["paid_on"]) == ("paid", "2017-12-29")

    report = await look(subsidy, f"/reports/subsidy?region_code={COUNTY}")
    assert (report["interest_paid"], report["subsidy_paid"], report["penalty_paid"]) == ("2842.00", "2842.00", "3.20")
    assert report["by_quarter"] == [{"quarter": "2017Q4", "amount": "2842.00", "households": 2}]
    (programme_out,) = report["programmes"]
    assert (programme_out["committed"], programme_out["paid"]) == ("0.00", "2842.00")
    assert programme_out["targets"] == [{"code": "households", "value": "2.00", "reached": "2.00", "state": "met"}]
    names = [name for name, *_ in await subsidy.outbox()]
    assert names == ["subsidy-batch-approved", "subsidy-batch-settled"]


async def _run(subsidy: ServiceUnderTest, *interest: str) -> tuple[str, dict[str, str], list[Loan]]:
    """Return a batch with one paid-out run of a loan for each amount, not confirmed yet."""
    loans = [Loan() for _ in interest]
    for loan, amount in zip(loans, interest, strict=True):
        await lend(subsidy, loan, loan.paid(amount))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    run = await pay(subsidy, batch)
    return batch, {row[4]: row[0] for row in await instructions(subsidy, run["id"])} | {"run": run["id"]}, loans


@pytest.mark.clause("DZ-7")
async def test_rejected_payments_are_paid_by_a_later_run_into_the_corrected_account(
    subsidy: ServiceUnderTest, register: Register
) -> None:
    batch, sent, loans = await _run(subsidy, "10.00", "20.00", "30.00")
    done = await confirm(
        subsidy,
        sent["run"],
        [
            [sent["10.00"], "paid", "10.00", "2017-12-29", ""],
            [sent["20.00"], "rejected", "20.00", "2017-12-29", "账号有误"],
            [sent["30.00"], "paid", "30.00", "2017-12-29", ""],
        ],
    )
    assert (done["paid_count"], done["rejected_count"], done["amount_rejected"]) == (2, 1, "20.00")
    assert done["batch_state"] == "paying"
    rejected = await look(subsidy, f"/subsidy-batches/{batch}/instructions?state=rejected")
    assert [(row["household_id"], row["reason"]) for row in rejected["items"]] == [
        (str(loans[1].household_id), "账号有误")
    ]
    register.versions[loans[1].household_id] = 2
    again = await pay(subsidy, batch)
    assert (again["number"], again["instruction_count"], again["amount"]) == (2, 1, "20.00")
    rows = await instructions(subsidy, again["id"])
    done = await confirm(subsidy, again["id"], paid_rows(rows, "2018-01-03"))
    assert done["batch_state"] == "settled"
    shown = await look(subsidy, f"/subsidy-batches/{batch}")
    assert (shown["amount_paid"], shown["settled_on"], shown["households_unpaid"]) == ("60.00", "2018-01-03", 0)
    report = await look(subsidy, f"/reports/subsidy?region_code={COUNTY}")
    assert report["by_quarter"] == [
        {"quarter": "2017Q4", "amount": "40.00", "households": 2},
        {"quarter": "2018Q1", "amount": "20.00", "households": 1},
    ]
    assert report["instructions"] == {
        "sent_count": 0,
        "paid_count": 3,
        "rejected_count": 1,
        "returned_count": 0,
        "rejected_unpaid_count": 0,
    }
    assert (await subsidy.outbox())[-1][1]["lines_paid"] == 3


async def test_households_without_account_are_reported_and_paid_later(
    subsidy: ServiceUnderTest, register: Register
) -> None:
    with_account, without = Loan(), Loan()
    for loan in (with_account, without):
        await lend(subsidy, loan, loan.paid("10.00"))
    register.missing.add(without.household_id)
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    run = await pay(subsidy, batch)
    assert (run["instruction_count"], run["without_account_count"]) == (1, 1)
    assert run["households_without_account"] == [str(without.household_id)]
    refusal = await pay(subsidy, batch, expect=409)
    assert (refusal["code"], refusal["values"]["without_account"]) == ("nothing-to-pay", 1)
    register.missing.clear()
    assert (await pay(subsidy, batch))["instruction_count"] == 1
    assert register.asked == [2, 1, 1]


async def test_a_household_with_two_loans_gets_one_payment(subsidy: ServiceUnderTest) -> None:
    first = Loan()
    second = Loan(household_id=first.household_id)
    for loan in (first, second):
        await lend(subsidy, loan, loan.paid("10.01"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    run = await pay(subsidy, batch)
    assert (run["instruction_count"], run["amount"]) == (1, "20.02")


async def test_accounts_are_sealed_in_the_database_and_harmless_in_a_spreadsheet(
    subsidy: ServiceUnderTest, register: Register
) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    register.names[loan.household_id] = "=HYPERLINK(1)"
    run = await pay(subsidy, await approved_batch(subsidy, await open_programme(subsidy)))
    ((_, holder, _, number, amount, _),) = await instructions(subsidy, run["id"])
    assert (holder, amount) == ("'=HYPERLINK(1)", "10.00")
    row = await subsidy.database.pool.fetchrow("SELECT * FROM payment_instruction")
    assert number.encode() not in row["account_sealed"]
    assert b"HYPERLINK" not in row["holder_name_sealed"]


@pytest.mark.parametrize("state", ["prepared", "reviewed", "settled"])
async def test_pays_only_what_is_approved(subsidy: ServiceUnderTest, state: str) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    batch = (await prepare(subsidy, await open_programme(subsidy)))["id"]
    if state != "prepared":
        await review(subsidy, batch)
    if state == "settled":
        await approve(subsidy, batch)
        run = await pay(subsidy, batch)
        await confirm(subsidy, run["id"], paid_rows(await instructions(subsidy, run["id"])))
    refusal = await pay(subsidy, batch, expect=409)
    assert (refusal["code"], refusal["values"]["state"]) == ("subsidy-batch-in-wrong-state", state)


async def test_a_repeated_payment_request_answers_the_same(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    headers, path = subsidy.headers(Role.FINANCE_BUREAU), f"/api/v1/subsidy-batches/{batch}/payment-runs"
    first = await subsidy.client.post(path, json={"paid_on": "2017-12-28"}, headers=headers)
    again = await subsidy.client.post(path, json={"paid_on": "2017-12-28"}, headers=headers)
    assert (first.status_code, first.text) == (201, again.text)
    assert await subsidy.database.pool.fetchval("SELECT count(*) FROM payment_instruction") == 1


async def test_refuses_a_file_with_wrong_totals_whole(subsidy: ServiceUnderTest) -> None:
    _, sent, _ = await _run(subsidy, "10.00")
    rows = [[sent["10.00"], "paid", "10.00", "2017-12-29", ""]]
    for refusal in (
        await confirm(subsidy, sent["run"], rows, lines=2, expect=422),
        await confirm(subsidy, sent["run"], rows, total="10.01", expect=422),
    ):
        assert refusal["code"] == "file-totals-differ"
    assert await subsidy.database.pool.fetchval("SELECT state FROM payment_instruction") == "sent"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"instruction_id,state,amount,paid_on,reason,extra\n", FileHeaderUnknown),
        (b"instruction_id,state,amount,paid_on\n", FileHeaderUnknown),
        (b"", FileHeaderUnknown),
        (b"instruction_id,state,amount,paid_on,reason\na,b\n", FileUnreadable),
        (b'instruction_id,state,amount,paid_on,reason\n"a,b\n', FileUnreadable),
        (b"instruction_id,state,amount,paid_on,reason\n\xff\xfe,paid,1.00,2017-12-29,\n", EncodingUnknown),
    ],
)
async def test_refuses_a_file_that_is_no_return_file(
    subsidy: ServiceUnderTest, content: bytes, refusal: type[FileRefused]
) -> None:
    async with subsidy.database.connection() as conn, conn.transaction():
        with pytest.raises(refusal):
            await stage_file(conn, FILE, content, 1, Decimal("1.00"))


async def test_two_runs_at_once_pay_each_household_once(subsidy: ServiceUnderTest) -> None:
    loans = [Loan() for _ in range(5)]
    for loan in loans:
        await lend(subsidy, loan, loan.paid("10.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    path = f"/api/v1/subsidy-batches/{batch}/payment-runs"
    answers = await asyncio.gather(
        *(
            subsidy.client.post(path, json={"paid_on": "2017-12-28"}, headers=subsidy.headers(Role.FINANCE_BUREAU))
            for _ in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await subsidy.database.pool.fetchval("SELECT count(*) FROM payment_instruction") == 5


async def test_lines_that_do_not_fit_are_refused_one_by_one(subsidy: ServiceUnderTest) -> None:
    _, sent, _ = await _run(subsidy, "10.00", "20.00", "30.00", "40.00", "50.00", "60.00")
    unknown, day = "01a20000-0000-7000-8000-000000000000", "2017-12-29"
    done = await confirm(
        subsidy,
        sent["run"],
        [
            [sent["10.00"], "paid", "10.00", day, ""],
            [sent["10.00"], "rejected", "10.00", day, "again"],
            [sent["20.00"], "paid", "19.99", day, ""],
            [sent["30.00"], "held", "30.00", day, ""],
            [sent["40.00"], "rejected", "40.00", day, ""],
            [sent["50.00"], "paid", "50.00", "29.12.2017", ""],
            [sent["60.00"], "paid", "-60.00", day, ""],
            [unknown, "paid", "1.00", day, ""],
            ["nonsense", "paid", "1.00", day, ""],
        ],
        total="161.99",
    )
    assert (done["paid_count"], done["rejected_count"], done["already_recorded_count"], done["refused_count"]) == (
        1,
        0,
        0,
        8,
    )
    assert [(line["line_number"], line["code"]) for line in done["refused_lines"]] == [
        (3, "repeated-in-file"),
        (4, "amount-differs"),
        (5, "line-malformed"),
        (6, "reason-missing"),
        (7, "line-malformed"),
        (8, "line-malformed"),
        (9, "instruction-unknown"),
        (10, "line-malformed"),
    ]
    malformed = [line["reason"] for line in done["refused_lines"] if line["code"] == "line-malformed"]
    assert [reason.split()[0] for reason in malformed] == ["state", "paid_on", "amount", "instruction_id"]


@pytest.mark.clause("DZ-7")
async def test_an_instruction_settles_once_whatever_the_bank_sends_later(subsidy: ServiceUnderTest) -> None:
    batch, sent, _ = await _run(subsidy, "10.00", "20.00")
    rows = [[sent["10.00"], "paid", "10.00", "2017-12-29", ""]]
    first = await confirm(subsidy, sent["run"], rows)
    assert await confirm(subsidy, sent["run"], rows) == first
    both = [*rows, [sent["20.00"], "paid", "20.00", "2017-12-30", ""]]
    second = await confirm(subsidy, sent["run"], both)
    assert (second["paid_count"], second["already_recorded_count"], second["batch_state"]) == (1, 1, "settled")
    contradiction = await confirm(
        subsidy, sent["run"], [[sent["10.00"], "rejected", "10.00", "2017-12-31", "no such account"]]
    )
    assert [line["code"] for line in contradiction["refused_lines"]] == ["contradicts"]
    other_day = await confirm(subsidy, sent["run"], [[sent["10.00"], "paid", "10.00", "2017-12-31", ""]])
    assert [line["code"] for line in other_day["refused_lines"]] == ["contradicts"]
    shown = await look(subsidy, f"/subsidy-batches/{batch}")
    assert (shown["state"], shown["amount_paid"]) == ("settled", "30.00")
    assert [name for name, *_ in await subsidy.outbox()].count("subsidy-batch-settled") == 1
    with pytest.raises(asyncpg.RestrictViolationError):
        await subsidy.database.pool.execute("UPDATE payment_instruction SET state = 'rejected'")


async def test_a_bank_confirms_only_the_runs_it_pays_out(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    run = await pay(subsidy, batch, paying_bank="CQRCB")
    rows = paid_rows(await instructions(subsidy, run["id"]))
    other = await confirm(subsidy, run["id"], rows, role=Role.BANK, organisation="PSBC", expect=404)
    assert other["code"] == "payment-run-unknown"
    assert (await confirm(subsidy, run["id"], rows, role=Role.BANK, organisation="CQRCB"))["paid_count"] == 1
    elsewhere = await confirm(subsidy, run["id"], rows, region="500237", expect=404)
    assert elsewhere["code"] == "payment-run-unknown"


@pytest.mark.clause("DZ-2")
async def test_paid_money_moves_from_committed_to_paid(subsidy: ServiceUnderTest) -> None:
    _, sent, _ = await _run(subsidy, "10.00", "20.00")
    await confirm(subsidy, sent["run"], [[sent["10.00"], "paid", "10.00", "2017-12-29", ""]])
    (programme,) = (await look(subsidy, "/programmes"))["items"]
    assert (programme["committed"], programme["paid"], programme["households_paid"]) == ("20.00", "10.00", 1)
    assert Decimal(programme["available"]) == Decimal("999970.00")
    assert date.fromisoformat(programme["ends_on"]) == date(2017, 12, 31)


async def test_instructions_and_missing_accounts_are_shown_only_to_those_who_may_see_the_household(
    subsidy: ServiceUnderTest, register: Register
) -> None:
    near, far = Loan(), Loan(village=f"{COUNTY}002001")
    bare_near, bare_far = Loan(), Loan(village=f"{COUNTY}002001")
    for loan in (near, far, bare_near, bare_far):
        await lend(subsidy, loan, loan.paid("10.00"))
    register.missing |= {bare_near.household_id, bare_far.household_id}
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    await pay(subsidy, batch)

    async def seen(region: str, role: Role = Role.FINANCE_BUREAU, bank: str | None = None) -> list[Any]:
        headers = subsidy.headers(role, region=region, organisation=bank)
        [run] = (await subsidy.client.get(f"/api/v1/subsidy-batches/{batch}/payment-runs", headers=headers)).json()
        shown: list[Any] = [set(run["households_without_account"])]
        if role is Role.FINANCE_BUREAU:
            path = f"/api/v1/subsidy-batches/{batch}/instructions"
            items = (await subsidy.client.get(path, headers=headers)).json()["items"]
            shown.append({item["household_id"] for item in items})
        return shown

    missing, paid = ({str(loan.household_id) for loan in pair} for pair in ((bare_near, bare_far), (near, far)))
    assert await seen(COUNTY) == [missing, paid]
    assert await seen(near.village[:9]) == [{str(bare_near.household_id)}, {str(near.household_id)}]
    assert await seen(COUNTY, Role.BANK, "another") == [set()]


def _rows_read(plan: dict[str, Any]) -> float:
    """Return how many rows a plan and all below it read, those thrown away included."""
    kinds = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Join Filter", "Rows Removed by Index Recheck")
    own = sum(plan.get(kind, 0) for kind in kinds) * plan["Actual Loops"]
    return float(own) + sum(_rows_read(below) for below in plan.get("Plans", ()))


@pytest.mark.parametrize(
    ("statement", "further"),
    [(queries.WITHOUT_INSTRUCTION, [100]), (queries.SHOWN, [None, None, 1000])],
    ids=["households without account", "instructions"],
)
async def test_what_is_shown_of_a_run_reads_each_household_a_few_times_only(
    subsidy: ServiceUnderTest, register: Register, statement: str, further: list[Any]
) -> None:
    """Nothing has measured the tables of a new batch, and its households must not be compared with each other."""
    loans = [Loan() for _ in range(80)]
    for loan in loans:
        await lend(subsidy, loan, loan.paid("10.00"))
    register.missing |= {loan.household_id for loan in loans[:40]}
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    await pay(subsidy, batch)
    async with subsidy.database.connection() as conn:
        scope = ([COUNTY], [None])
        found = await conn.fetch(statement, batch, *scope, *further)
        explained = await conn.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", batch, *scope, *further)
    assert len(found) == 40
    assert _rows_read(explained[0]["Plan"]) < 20 * len(loans)
