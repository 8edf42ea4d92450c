"""Households that were merged or died out: who is paid, who waits, who answers for what is owed (decision 21)."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

import pytest

from services.subsidy.tests.county import (
    Loan,
    Register,
    approved_batch,
    ask,
    instructions,
    lend,
    look,
    open_programme,
    pay,
)
from services.subsidy.tests.test_clawbacks import LATER, paid_line, pay_interest
from services.subsidy.tests.test_listings import arrive, listing_of
from services.subsidy.tests.test_money_back import approved
from shared.access import Role
from shared.events.registry import HouseholdEnded, HouseholdMerged, HouseholdSplit
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


async def merge(subsidy: ServiceUnderTest, loan: Loan, into: UUID) -> None:
    event = HouseholdMerged(
        household_id=loan.household_id,
        into_household_id=into,
        village_code=loan.village,
        effective_on=date(2017, 12, 1),
    )
    await subsidy.deliver(event, aggregate_id=loan.household_id, region_code=loan.village)


async def end(subsidy: ServiceUnderTest, loan: Loan, reason: Literal["moved_out", "died_out"] = "died_out") -> None:
    event = HouseholdEnded(
        household_id=loan.household_id, village_code=loan.village, reason=reason, effective_on=date(2017, 12, 1)
    )
    await subsidy.deliver(event, aggregate_id=loan.household_id, region_code=loan.village)


async def name_payee(subsidy: ServiceUnderTest, loan: Loan, **who: Any) -> dict[str, Any]:
    body = {
        "household_id": str(loan.household_id),
        "holder_name": "李四",
        "id_number": "11010519491231002X",
        "bank_code": "PSBC",
        "account_number": "6217000010001234567",
        "relation": "长子，全体继承人委托",
        "document": "继承人协议书 2017-12",
        "proposed_on": "2017-12-28",
    }
    return await ask(subsidy, "/subsidy-payees", Role.POVERTY_OFFICE, body, **who)


async def decide_payee(
    subsidy: ServiceUnderTest, payee: dict[str, Any], decision: str = "approve", on: str = "2017-12-28", **who: Any
) -> dict[str, Any]:
    body = {"decision": decision, "decided_on": on}
    return await ask(subsidy, f"/subsidy-payees/{payee['id']}/decisions", Role.FINANCE_BUREAU, body, **who)


async def test_a_merged_household_is_paid_to_the_account_of_who_absorbed_it(
    subsidy: ServiceUnderTest, register: Register
) -> None:
    loan, into = Loan(), new_id()
    await lend(subsidy, loan, loan.paid("100.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    await merge(subsidy, loan, into)
    register.merged[loan.household_id] = into
    run = await pay(subsidy, batch)
    assert (run["instruction_count"], run["amount"]) == (1, "100.00")
    kept = await subsidy.database.pool.fetch("SELECT household_id, account_household_id FROM payment_instruction")
    assert [tuple(row) for row in kept] == [(loan.household_id, into)]


async def test_who_absorbed_a_household_receives_nothing_for_it_while_it_is_listed(subsidy: ServiceUnderTest) -> None:
    loan, other, middle = Loan(), Loan(), Loan()
    await lend(subsidy, loan, loan.paid("100.00"))
    await lend(subsidy, middle, middle.paid("1.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    await merge(subsidy, loan, middle.household_id)
    await merge(subsidy, middle, other.household_id)
    await arrive(subsidy, other, listing_of(other, date(2017, 12, 27)))
    refused = await pay(subsidy, batch, expect=409)
    assert (refused["code"], refused["values"]["held"]) == ("nothing-to-pay", 2)


@pytest.mark.clause("DZ-7(b)")
async def test_what_is_clawed_back_of_a_merged_household_is_offset_by_who_absorbed_it(
    subsidy: ServiceUnderTest,
) -> None:
    loan, other = Loan(), Loan()
    clawback = await approved(subsidy, await paid_line(subsidy, loan, "100.00"))
    await merge(subsidy, loan, other.household_id)
    await pay_interest(subsidy, loan, "30.00", 1)
    await lend(subsidy, other)
    await pay_interest(subsidy, other, "90.00", 3)
    batch = await approved_batch(subsidy, await open_programme(subsidy, year=2018), **LATER)
    lines = (await look(subsidy, f"/subsidy-batches/{batch}/lines"))["items"]
    taken = {each["household_id"]: each["amount"] for each in lines if each["kind"] == "clawback"}
    assert sorted(taken.values()) in (["-10.00", "-90.00"], ["-30.00", "-70.00"])  # in the order of their ids
    assert set(taken) <= {str(loan.household_id), str(other.household_id)}
    (closed,) = (await look(subsidy, "/clawbacks?state=offset"))["items"]
    assert (closed["id"], closed["offset_amount"]) == (clawback, "100.00")


async def test_of_a_household_that_died_out_the_payee_whom_two_officers_named_is_paid(
    subsidy: ServiceUnderTest,
) -> None:
    loan, alive = Loan(), Loan()
    await lend(subsidy, loan, loan.paid("100.00", payer="heir"))
    await lend(subsidy, alive, alive.paid("7.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    await end(subsidy, loan)
    run = await pay(subsidy, batch)
    assert (run["amount"], run["households_held"]) == ("7.00", [str(loan.household_id)])
    named = await name_payee(subsidy, loan, subject="li")
    assert (named["state"], named["account_tail"]) == ("proposed", "***************4567")
    assert (await name_payee(subsidy, loan, expect=409))["code"] == "payee-proposed"
    assert (await decide_payee(subsidy, named, subject="li", expect=403))["code"] == "maker-is-checker"
    assert (await decide_payee(subsidy, named, on="2017-12-27", expect=422))["code"] == "date-before-step"
    assert (await pay(subsidy, batch, expect=409))["code"] == "nothing-to-pay"
    assert (await decide_payee(subsidy, named))["state"] == "in_force"
    assert (await decide_payee(subsidy, named, expect=409))["code"] == "payee-decided"
    second = await pay(subsidy, batch)
    (sent,) = await instructions(subsidy, second["id"])
    assert {"李四", "6217000010001234567", "100.00", "PSBC"} <= set(sent)


async def test_of_a_household_merged_into_one_that_died_out_the_payee_is_paid(subsidy: ServiceUnderTest) -> None:
    loan, into = Loan(), Loan()
    await lend(subsidy, loan, loan.paid("100.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    await merge(subsidy, loan, into.household_id)
    await end(subsidy, into)
    assert (await pay(subsidy, batch, expect=409))["code"] == "nothing-to-pay"
    await decide_payee(subsidy, await name_payee(subsidy, loan))
    (sent,) = await instructions(subsidy, (await pay(subsidy, batch))["id"])
    assert {"李四", "100.00"} <= set(sent)


async def test_another_payee_takes_the_place_of_the_one_before(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("100.00"))
    assert (await name_payee(subsidy, loan, expect=409))["code"] == "payee-household-lives"
    assert (await name_payee(subsidy, Loan(), expect=404))["code"] == "payee-household-unknown"
    assert (await name_payee(subsidy, loan, region="500237", expect=404))["code"] == "payee-household-unknown"
    await end(subsidy, loan)
    first, dropped = await name_payee(subsidy, loan), {"id": str(new_id())}
    await decide_payee(subsidy, first)
    second = await name_payee(subsidy, loan)
    assert (await decide_payee(subsidy, second, "return"))["state"] == "refused"
    third = await name_payee(subsidy, loan)
    await decide_payee(subsidy, third)
    assert (await decide_payee(subsidy, dropped, expect=404))["code"] == "payee-unknown"
    listed = (await look(subsidy, f"/subsidy-payees?household_id={loan.household_id}"))["items"]
    assert [each["state"] for each in listed] == ["replaced", "refused", "in_force"]


async def test_who_left_the_county_is_paid_by_the_county_that_lent_and_who_split_off_is_not(
    subsidy: ServiceUnderTest,
) -> None:
    loan, new = Loan(), new_id()
    await lend(subsidy, loan, loan.paid("100.00"))
    split = HouseholdSplit(
        household_id=loan.household_id,
        new_household_id=new,
        village_code=loan.village,
        effective_on=date(2017, 6, 1),
    )
    await subsidy.deliver(split, aggregate_id=loan.household_id, region_code=loan.village)
    await end(subsidy, loan, "moved_out")
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    run = await pay(subsidy, batch)
    assert (run["amount"], run["households_held"]) == ("100.00", [])
    (line,) = (await look(subsidy, f"/subsidy-batches/{batch}/lines"))["items"]
    assert line["household_id"] == str(loan.household_id)
