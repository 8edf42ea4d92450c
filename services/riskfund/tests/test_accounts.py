"""Accounts of the fund that cover single banks' loans: each bank lends on its own money, by its own multiple."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from services.riskfund.tests.county import County, fengjie, refusal
from shared.access import Role
from shared.ids import new_id

OWN = [{"bank_codes": ["psbc"], "multiplier": "4"}, {"bank_codes": ["abc"]}]


@pytest.fixture
async def split(county: County) -> tuple[County, str]:
    """Return the county whose postal bank lends on an account of its own, and that account, each with 10 000."""
    await county.confirm_pack(fengjie(fund__lender_accounts=OWN), version=2)
    await county.open_fund("10000.00")
    return county, await county.open_account("psbc", "10000.00")


def asked(amount: str) -> list[Any]:
    return [(new_id(), amount)]


@pytest.mark.clause("LG-38(b)")
async def test_each_bank_lends_within_the_multiple_of_its_own_account(split: tuple[County, str]) -> None:
    county, _ = split
    said = (await county.reserve(asked("40000.01"), bank_code="psbc")).json()
    assert (len(said["refused_applications"]), said["code"]) == (1, "cover-exhausted")
    assert (said["cover"]["multiplier"], said["cover"]["missing_amount"]) == ("4", "0.01")
    said = (await county.reserve(asked("40000.00"), bank_code="psbc")).json()
    assert (said["cover"]["limit"], said["cover"]["available"], said["code"]) == ("40000.00", "0.00", None)
    others = (await county.reserve(asked("100000.00"), bank_code="cqrcb")).json()
    assert (others["cover"]["limit"], others["cover"]["available"], others["code"]) == ("100000.00", "0.00", None)


async def test_a_bank_whose_account_is_not_open_lends_on_none(split: tuple[County, str]) -> None:
    county, _ = split
    none = await county.reserve(asked("1.00"), bank_code="abc")
    assert refusal(none) == (409, "fund-not-open")
    assert "银行 abc 的" in none.json()["detail"]
    await county.open_account("abc", "10000.00")
    said = (await county.reserve(asked("1.00"), bank_code="abc")).json()
    assert said["cover"]["multiplier"] == "10"


async def test_only_a_bank_that_the_pack_names_has_an_account_and_only_one(split: tuple[County, str]) -> None:
    county, _ = split
    body = {"county_code": county.code, "name": "第二个", "account_bank": "工行", "opened_on": "2017-02-01"}
    other = await county.post("/funds", {**body, "bank_code": "icbc"}, Role.FINANCE_BUREAU)
    assert refusal(other) == (409, "lender-account-not-named")
    assert "abc、psbc" in other.json()["detail"]
    again = await county.post("/funds", {**body, "bank_code": "psbc"}, Role.FINANCE_BUREAU)
    assert refusal(again) == (409, "fund-exists")


@pytest.mark.clause("LG-38(b)")
async def test_banks_at_once_never_go_above_the_multiple_of_their_own_money(split: tuple[County, str]) -> None:
    county, account = split
    banks = ["psbc", "cqrcb"] * 6
    answers = await asyncio.gather(*(county.reserve(asked("15000.00"), bank_code=bank) for bank in banks))
    granted = [bank for bank, each in zip(banks, answers, strict=True) if each.json()["reserved_applications"]]
    assert (granted.count("psbc"), granted.count("cqrcb")) == (2, 6)
    assert ((await county.fund(account))["reserved"], (await county.fund())["reserved"]) == ("30000.00", "90000.00")


async def test_loans_repayments_and_losses_move_the_account_that_covered_the_loan(split: tuple[County, str]) -> None:
    county, account = split
    own, other = await county.lend("30000.00", bank_code="psbc"), await county.lend("50000.00")
    await county.service.deliver_all([county.repaid(own, "20000.00"), county.repaid(other, "1000.00")])
    assert ((await county.fund(account))["exposure"], (await county.fund())["exposure"]) == ("10000.00", "49000.00")
    await county.service.deliver_all([county.defaulted(own, interest="0.00")])
    claim = await county.compensate(own)
    paid = Decimal("10000.00") - Decimal(claim["fund_amount"])
    shown = await county.fund(account)
    assert (shown["exposure"], shown["balance"], shown["compensated"]) == ("0.00", f"{paid:.2f}", claim["fund_amount"])
    assert (await county.fund())["balance"] == "10000.00"
    await county.service.deliver_all([county.recovered(own, claim["id"], "1000.00")])
    items = (await county.get("/recoveries?state=open", Role.AUDITOR)).json()["items"]
    [(recovery, share)] = [(each["id"], each["fund_share"]) for each in items]
    assert (await county.give_back(recovery, share, bank="psbc")).status_code == 201
    assert ((await county.fund(account))["returned"], (await county.fund())["returned"]) == (share, "0.00")


async def test_a_loan_stays_with_its_account_when_the_bank_is_given_one_of_its_own(county: County) -> None:
    await county.open_fund("10000.00")
    before = await county.lend("20000.00", bank_code="psbc")
    await county.confirm_pack(fengjie(fund__lender_accounts=OWN), version=2)
    account = await county.open_account("psbc", "10000.00")
    await county.lend("30000.00", bank_code="psbc")
    assert ((await county.fund())["exposure"], (await county.fund(account))["exposure"]) == ("20000.00", "30000.00")
    await county.service.deliver_all([county.repaid(before, "20000.00"), county.closed(before)])
    assert ((await county.fund())["exposure"], (await county.fund(account))["exposure"]) == ("0.00", "30000.00")


async def test_loans_paid_out_before_any_account_are_covered_by_the_one_that_is_theirs(county: County) -> None:
    await county.confirm_pack(fengjie(fund__lender_accounts=OWN), version=2)
    own, other = county.loan("30000.00", bank_code="psbc"), county.loan("50000.00")
    await county.service.deliver_all([county.disbursed(own), county.disbursed(other)])
    await county.open_fund("10000.00")
    account = await county.open_account("psbc")
    assert ((await county.fund())["exposure"], (await county.fund(account))["exposure"]) == ("50000.00", "30000.00")


async def test_the_report_adds_up_the_accounts_each_with_its_own_limit(split: tuple[County, str]) -> None:
    county, _ = split
    await county.lend("30000.00", bank_code="psbc")
    said = (await county.get(f"/reports/riskfund?region_code={county.code}&as_of=2017-12-31", Role.AUDITOR)).json()
    assert (said["balance"], said["limit"], said["exposure"]) == ("20000.00", "140000.00", "30000.00")
    assert said["cover_by_day"][-1]["limit"] == "140000.00"
    listed = (await county.get("/funds?as_of=2017-12-31")).json()["items"]
    assert [(each["bank_code"], each["cover"]["multiplier"]) for each in listed] == [(None, "10"), ("psbc", "4")]
