"""Batches: three people, the budget, lines that stay as they are."""

import asyncio
from datetime import date
from decimal import Decimal

import asyncpg
import pytest

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    adjust,
    approve,
    approved_batch,
    ask,
    confirmed,
    deliver,
    lend,
    look,
    mark,
    open_programme,
    pack,
    prepare,
    review,
)
from shared.access import Role
from shared.testing.crossings import FILES_MAX, crossed
from shared.testing.service import ServiceUnderTest

# A line once more, under an id of its own and with other values.
COPY = """
INSERT INTO subsidy_line
SELECT (jsonb_populate_record(l, jsonb_build_object('id', uuid7()) || $1)).* FROM subsidy_line l
"""


async def _batch(subsidy: ServiceUnderTest, budget: str = "1000000.00") -> tuple[str, str]:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    programme = await open_programme(subsidy, budget)
    return programme, (await prepare(subsidy, programme))["id"]


@pytest.mark.clause("FJ-6(b)", "FJ-6b")
async def test_lines_that_come_to_nothing_are_kept_with_their_reason(subsidy: ServiceUnderTest) -> None:
    whole, half, none = Loan(), Loan(), Loan()
    for loan in (whole, half, none):
        await lend(subsidy, loan, loan.paid("1776.25"))
    await mark(subsidy, half, "stably_lifted", date(2017, 7, 26))
    await mark(subsidy, none, "stably_lifted", date(2017, 1, 1))
    await mark(subsidy, whole, "lifted", date(2017, 1, 1))
    batch = await prepare(subsidy, await open_programme(subsidy))
    assert (batch["line_count"], batch["household_count"]) == (3, 2)
    assert (batch["interest"], batch["amount"]) == ("5328.75", "2664.38")
    assert batch["excluded"] == {"stopped": {"count": 2, "interest": "2664.37"}}
    lines = (await look(subsidy, f"/subsidy-batches/{batch['id']}/lines"))["items"]
    by_loan = {line["loan_id"]: (line["amount"], line["reasons"], line["eligible_days"]) for line in lines}
    assert by_loan[str(none.loan_id)] == ("0.00", ["stopped"], 0)
    assert by_loan[str(half.loan_id)] == ("888.13", ["stopped"], 147)
    assert by_loan[str(whole.loan_id)] == ("1776.25", ["full"], 294)


@pytest.mark.parametrize(
    ("lifted_on", "kept_otherwise"),
    [
        pytest.param(date(2017, 7, 26), "888.13", id="lifted meanwhile", marks=pytest.mark.clause("SX-5(c)")),
        pytest.param(date(2017, 1, 1), "0.00", id="borrows again", marks=pytest.mark.clause("SX-5(d)")),
    ],
)
async def test_lifted_households_have_the_subsidy_unless_their_pack_says_otherwise(
    subsidy: ServiceUnderTest, lifted_on: date, kept_otherwise: str
) -> None:
    keeps, may_start = "  keeps_after_lifting:\n    value: ", "  lifted_may_start:\n    value: "
    strict = pack((f"{keeps}true", f"{keeps}false"), (f"{may_start}true", f"{may_start}false"))
    await subsidy.deliver(confirmed(strict, version=2))
    generous, other = Loan(), Loan(pack_version=2)
    for loan in (generous, other):
        await lend(subsidy, loan, loan.paid("1776.25"))
        await mark(subsidy, loan, "lifted", lifted_on)
    batch = await prepare(subsidy, await open_programme(subsidy))
    lines = (await look(subsidy, f"/subsidy-batches/{batch['id']}/lines"))["items"]
    by_loan = {line["loan_id"]: line["amount"] for line in lines}
    assert by_loan == {str(generous.loan_id): "1776.25", str(other.loan_id): kept_otherwise}


@pytest.mark.clause("SX-5(e)")
async def test_penalty_interest_never_reaches_a_line(subsidy: ServiceUnderTest) -> None:
    loan, late = Loan(), Loan()
    await lend(subsidy, loan, loan.paid("100.00", penalty="9.99"))
    await lend(subsidy, late, late.paid("0.00", penalty="5.00", parts=[]))
    batch = await prepare(subsidy, await open_programme(subsidy))
    assert (batch["line_count"], batch["amount"]) == (1, "100.00")
    report = await look(subsidy, f"/reports/subsidy?region_code={COUNTY}")
    assert (report["penalty_paid"], report["interest_paid"]) == ("14.99", "100.00")


@pytest.mark.clause("SX-5(a)", "FJ-11")
async def test_a_period_takes_interest_by_the_day_it_was_paid(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    days = [date(2017, 1, 1), date(2017, 6, 30), date(2017, 7, 1)]
    parts = [
        loan.paid(f"{number}.00", on=day, number=number, period=(date(2017, 3, number), date(2017, 3, number + 1)))
        for number, day in enumerate(days, start=1)
    ]
    await lend(subsidy, loan, *parts)
    programme = await open_programme(subsidy)
    half = await prepare(subsidy, programme, period_from="2017-01-01", period_until="2017-07-01")
    assert (half["line_count"], half["amount"]) == (2, "3.00")
    assert (await prepare(subsidy, programme))["amount"] == "3.00"  # the whole year: what is left of it


@pytest.mark.clause("DZ-7")
async def test_no_interest_day_is_reimbursed_twice(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    year, overlap = (date(2017, 3, 1), date(2017, 12, 20)), (date(2017, 12, 19), date(2018, 1, 20))
    await lend(
        subsidy,
        loan,
        loan.paid("1000.00", period=year, number=1),
        loan.paid("776.25", period=year, number=1),  # the rest of the same instalment
        loan.paid("193.33", on=date(2017, 12, 19), period=overlap, number=2),  # a day of it was paid for before
    )
    batch = await prepare(subsidy, await open_programme(subsidy))
    assert batch["amount"] == "1963.54"  # the contract's interest of the 325 days
    assert batch["excluded"] == {"days_repeated": {"count": 1, "interest": "6.04"}}
    again = f"{COPY} WHERE interest = amount LIMIT 1"
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_subsidy_line_live"):
        await subsidy.database.pool.execute(again, {})
    with pytest.raises(asyncpg.CheckViolationError, match="number"):
        await subsidy.database.pool.execute(again, {"number": 2})


@pytest.mark.clause("DZ-7")
async def test_a_supplement_is_given_once_and_never_beyond_the_interest(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("100.00"))
    await mark(subsidy, loan, "stably_lifted", date(2017, 7, 26))
    programme = await open_programme(subsidy)
    first = await prepare(subsidy, programme)
    assert first["amount"] == "50.00"
    await mark(subsidy, loan, "registered", date(2017, 7, 26), version=3)
    assert (await prepare(subsidy, programme))["supplements"] == "50.00"
    pool, second = subsidy.database.pool, f"{COPY} WHERE kind = 'supplement'"
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_subsidy_line_live"):
        await pool.execute(second, {})  # two batches that followed from the same knowledge
    await pool.execute("UPDATE subsidy_batch SET lines_hash = ''")
    with pytest.raises(asyncpg.CheckViolationError, match="more than its interest"):
        await pool.execute(second, {"number": 3, "amount": "0.01"})
    await review(subsidy, first["id"], "return")
    await pool.execute(second, {"number": 3, "amount": "50.00"})  # what was returned gives its part free
    assert await pool.fetchval("SELECT sum(amount) FROM subsidy_line WHERE live") == Decimal("100.00")


async def test_refuses_a_period_without_interest_that_waits(subsidy: ServiceUnderTest) -> None:
    programme, _ = await _batch(subsidy)
    refusal = await prepare(subsidy, programme, expect=409)
    assert refusal["code"] == "nothing-to-subsidise"


@pytest.mark.clause("DZ-2")
@pytest.mark.parametrize(
    ("period", "status", "code"),
    [
        ({"period_from": "2016-12-31"}, 409, "period-outside-programme"),
        ({"period_until": "2018-01-02"}, 409, "period-outside-programme"),
        ({"period_from": "2017-06-01", "period_until": "2017-06-01"}, 422, "period-reversed"),
    ],
)
async def test_refuses_a_period_that_the_programme_does_not_pay_for(
    subsidy: ServiceUnderTest, period: dict[str, str], status: int, code: str
) -> None:
    programme = await open_programme(subsidy)
    assert (await prepare(subsidy, programme, expect=status, **period))["code"] == code


async def test_refuses_a_programme_of_another_county(subsidy: ServiceUnderTest) -> None:
    body = {
        "county_code": "500237",
        "year": 2017,
        "name": "other",
        "budget": "1.00",
        "fund_sources": ["x"],
        "starts_on": "2017-01-01",
        "ends_on": "2017-12-31",
    }
    other = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, body, region="500237")
    assert (await prepare(subsidy, other["id"], expect=409))["code"] == "programme-of-another-county"


async def test_a_loan_under_a_pack_not_replicated_holds_up_the_batch(subsidy: ServiceUnderTest) -> None:
    loan = Loan(pack_version=9)
    await lend(subsidy, loan, loan.paid("1.00"))
    assert (await prepare(subsidy, await open_programme(subsidy), expect=404))["code"] == "pack-not-replicated"


@pytest.mark.clause("DZ-7")
async def test_preparer_reviewer_and_approver_are_three_people(subsidy: ServiceUnderTest) -> None:
    _, batch = await _batch(subsidy)
    maker = "service_centre-officer"
    assert (await review(subsidy, batch, subject=maker, expect=403))["code"] == "maker-is-checker"
    await review(subsidy, batch, subject="li")
    for person in (maker, "li"):
        assert (await approve(subsidy, batch, subject=person, expect=403))["code"] == "maker-is-checker"
    done = await approve(subsidy, batch, subject="wang")
    assert [each["decided_by"] for each in done["decisions"]] == ["li", "wang"]


async def test_refuses_decisions_out_of_order_and_second_ones(subsidy: ServiceUnderTest) -> None:
    _, batch = await _batch(subsidy)
    assert (await approve(subsidy, batch, expect=409))["code"] == "subsidy-batch-in-wrong-state"
    await review(subsidy, batch)
    assert (await review(subsidy, batch, subject="other", expect=409))["code"] == "subsidy-batch-in-wrong-state"
    await approve(subsidy, batch)
    refusal = await approve(subsidy, batch, "return", subject="other", expect=409)
    assert refusal["code"] == "subsidy-batch-in-wrong-state"


@pytest.mark.parametrize("step", ["review", "approval"])
async def test_a_returned_batch_gives_its_interest_to_a_new_one(subsidy: ServiceUnderTest, step: str) -> None:
    programme, batch = await _batch(subsidy)
    if step == "approval":
        await review(subsidy, batch)
    returned = await (review if step == "review" else approve)(subsidy, batch, "return")
    assert returned["state"] == "returned"
    assert (await prepare(subsidy, programme))["amount"] == "1776.25"


@pytest.mark.clause("DZ-2(i)")
async def test_money_is_not_promised_beyond_the_budget(subsidy: ServiceUnderTest) -> None:
    programme, batch = await _batch(subsidy, "1776.24")
    await review(subsidy, batch)
    refusal = await approve(subsidy, batch, expect=409)
    assert (refusal["code"], refusal["values"]["missing"]) == ("subsidy-budget-exceeded", "0.01")
    await adjust(subsidy, programme, amount="0.01", fund_source="市级")
    await approve(subsidy, batch)
    shown = await look(subsidy, f"/programmes/{programme}")
    assert (shown["budget"], shown["committed"], shown["available"]) == ("1776.25", "1776.25", "0.00")
    with pytest.raises(asyncpg.CheckViolationError, match="within_budget"):
        await subsidy.database.pool.execute("UPDATE programme SET committed = committed + 0.01")


@pytest.mark.clause("DZ-7")
async def test_lines_never_change_and_an_altered_batch_is_refused(subsidy: ServiceUnderTest) -> None:
    _, batch = await _batch(subsidy)
    pool = subsidy.database.pool
    for change in (
        "UPDATE subsidy_line SET amount = 1, beyond_share = interest - 1",
        "UPDATE subsidy_line SET live = false",
        "DELETE FROM subsidy_line",
        COPY.replace("$1", "jsonb_build_object('live', false)"),
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await pool.execute(change)
    await pool.execute("UPDATE subsidy_batch SET lines_hash = 'forged'")
    assert (await review(subsidy, batch, expect=409))["code"] == "subsidy-batch-altered"


async def test_a_batch_of_nothing_is_settled_when_it_is_approved(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    await mark(subsidy, loan, "stably_lifted", date(2017, 1, 1))
    batch = (await prepare(subsidy, await open_programme(subsidy)))["id"]
    await review(subsidy, batch)
    assert (await approve(subsidy, batch))["state"] == "settled"
    assert [(name, version) for name, _, version, _ in await subsidy.outbox()] == [
        ("subsidy-batch-approved", 1),
        ("subsidy-batch-settled", 2),
    ]


async def test_a_repeated_request_answers_the_same_and_another_body_is_refused(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    programme = await open_programme(subsidy)
    body = {
        "county_code": COUNTY,
        "programme_id": programme,
        "period_from": "2017-01-01",
        "period_until": "2018-01-01",
        "prepared_on": "2017-12-25",
    }
    headers = subsidy.headers(Role.SERVICE_CENTRE)
    first = await subsidy.client.post("/api/v1/subsidy-batches", json=body, headers=headers)
    again = await subsidy.client.post("/api/v1/subsidy-batches", json=body, headers=headers)
    assert (first.status_code, first.text) == (again.status_code, again.text)
    changed = body | {"prepared_on": "2017-12-26"}
    other = await subsidy.client.post("/api/v1/subsidy-batches", json=changed, headers=headers)
    assert other.json()["code"] == "idempotency-key-reused"


async def test_the_other_county_neither_prepares_nor_sees_a_batch(subsidy: ServiceUnderTest) -> None:
    _, batch = await _batch(subsidy)
    refusal = await review(subsidy, batch, region="500237", expect=404)
    assert refusal["code"] == "subsidy-batch-unknown"
    hidden = await subsidy.client.get(
        f"/api/v1/subsidy-batches/{batch}", headers=subsidy.headers(Role.FINANCE_BUREAU, region="500237")
    )
    assert hidden.status_code == 404
    body = {"county_code": COUNTY, "programme_id": batch, "prepared_on": "2017-12-25"}
    body |= {"period_from": "2017-01-01", "period_until": "2018-01-01"}
    refusal = await ask(subsidy, "/subsidy-batches", Role.SERVICE_CENTRE, body, region="500237", expect=403)
    assert refusal["code"] == "outside-region"
    assert (await look(subsidy, "/subsidy-batches", region="500237"))["items"] == []


async def test_a_township_sees_its_own_lines_and_a_bank_its_own_loans(subsidy: ServiceUnderTest) -> None:
    near, far = Loan(), Loan(village="500236002201", bank_code="PSBC")
    for loan in (near, far):
        await lend(subsidy, loan, loan.paid("10.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    path = f"/subsidy-batches/{batch}/lines"
    seen = await look(subsidy, path, Role.TOWNSHIP, region="500236002")
    assert [line["loan_id"] for line in seen["items"]] == [str(far.loan_id)]
    seen = await look(subsidy, path, Role.BANK, organisation="CQRCB")
    assert [line["loan_id"] for line in seen["items"]] == [str(near.loan_id)]
    assert len((await look(subsidy, "/subsidy-batches", Role.TOWNSHIP, region="500236002"))["items"]) == 1
    report = await look(subsidy, "/reports/subsidy?region_code=500236002", Role.TOWNSHIP, region="500236002")
    assert (report["loans"], report["interest_paid"]) == (1, "10.00")


@pytest.mark.clause("DZ-2(i)")
async def test_two_approvals_at_once_cannot_both_take_the_last_money(subsidy: ServiceUnderTest) -> None:
    programme = await open_programme(subsidy, "15.00")
    batches = []
    for number in (1, 2):
        loan = Loan()
        await lend(subsidy, loan, loan.paid("10.00", on=date(2017, number, 5)))
        period = {"period_from": f"2017-0{number}-01", "period_until": f"2017-0{number + 1}-01"}
        batch = (await prepare(subsidy, programme, expect=201, **period))["id"]
        await review(subsidy, batch)
        batches.append(batch)
    body = {"decision": "approve", "note": "同意", "approved_on": "2017-12-27"}
    answers = await asyncio.gather(
        *(
            subsidy.client.post(
                f"/api/v1/subsidy-batches/{batch}/approvals", json=body, headers=subsidy.headers(Role.FINANCE_BUREAU)
            )
            for batch in batches
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert (await look(subsidy, f"/programmes/{programme}"))["committed"] == "10.00"


async def test_two_preparations_at_once_take_each_interest_once(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    programme = await open_programme(subsidy)
    body = {"county_code": COUNTY, "programme_id": programme, "prepared_on": "2017-12-25"}
    body |= {"period_from": "2017-01-01", "period_until": "2018-01-01"}
    answers = await asyncio.gather(
        *(
            subsidy.client.post("/api/v1/subsidy-batches", json=body, headers=subsidy.headers(Role.SERVICE_CENTRE))
            for _ in range(3)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_a_batch_crosses_five_files(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    programme = await open_programme(subsidy)
    with crossed() as files:
        assert (await prepare(subsidy, programme))["line_count"] == 1
    assert "subsidy/batches/routes.py" in files
    assert len(files) <= FILES_MAX, files


SETTLE_FIRST = "  settle_first: {value: true, clause: FJ-11}\n"
ONCE = (SETTLE_FIRST, f"{SETTLE_FIRST}  once_a_year: {{value: true, clause: FJ-11}}\n")


async def test_a_calendar_year_of_a_household_is_served_by_one_batch_where_its_pack_says_so(
    subsidy: ServiceUnderTest,
) -> None:
    await subsidy.deliver(confirmed(pack(ONCE), version=2))
    once, always = Loan(pack_version=2), Loan()
    for loan in (once, always):
        await lend(subsidy, loan, loan.paid("100.00", on=date(2017, 5, 1), period=(date(2017, 3, 1), date(2017, 5, 1))))
    programme = await open_programme(subsidy)
    first = await prepare(subsidy, programme, period_from="2017-01-01", period_until="2017-07-01")
    for loan in (once, always):
        later = loan.paid("50.00", on=date(2017, 9, 1), number=2, period=(date(2017, 5, 1), date(2017, 9, 1)))
        await deliver(subsidy, loan, later)
    second = await prepare(subsidy, programme)
    assert (first["amount"], second["amount"]) == ("200.00", "50.00")
    assert second["excluded"] == {"year_served": {"count": 1, "interest": "50.00"}}
    next_year = once.paid("70.00", on=date(2018, 1, 2), number=3, period=(date(2017, 9, 1), date(2018, 1, 2)))
    await deliver(subsidy, once, next_year)
    programme = await open_programme(subsidy, year=2018)
    third = await prepare(subsidy, programme, period_from="2018-01-01", period_until="2019-01-01")
    assert third["amount"] == "70.00"


async def test_a_loan_granted_without_subsidy_is_listed_with_its_reason(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await deliver(subsidy, loan, loan.disbursed().model_copy(update={"without_subsidy": True}))
    await deliver(subsidy, loan, loan.paid("100.00"))
    batch = await prepare(subsidy, await open_programme(subsidy))
    assert (batch["amount"], batch["excluded"]) == ("0.00", {"without_subsidy": {"count": 1, "interest": "100.00"}})
