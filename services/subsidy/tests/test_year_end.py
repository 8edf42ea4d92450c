"""By the year's end all of the year's interest is subsidised: what is not yet is listed until it is paid out."""

from datetime import date
from typing import Any

import pytest

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    approved_batch,
    confirm,
    confirmed,
    instructions,
    lend,
    look,
    mark,
    open_programme,
    pack,
    paid_rows,
    pay,
)
from services.subsidy.tests.test_due_sql import CAPPED, SETTLE_FIRST
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def _waiting(subsidy: ServiceUnderTest, year: int = 2017) -> tuple[Any, ...]:
    path = f"/reports/unsubsidised-interest?county_code={COUNTY}&year={year}"
    found = await look(subsidy, path, Role.FINANCE_BUREAU)
    loans = {each["loan_id"]: (each["without_line"], each["in_batch"]) for each in found["items"]}
    assert (found["loan_count"], found["is_late"]) == (len(loans), bool(loans))
    return found["without_line"], found["in_batch"], found["outstanding"], loans


@pytest.mark.clause("SX-5(g)")
async def test_interest_of_a_year_is_listed_until_its_subsidy_is_paid_out(subsidy: ServiceUnderTest) -> None:
    first, second, none = Loan(), Loan(), Loan()
    await lend(subsidy, first, first.paid("1776.25"))
    await lend(subsidy, second, second.paid("100.00"), second.paid("7.00", on=date(2018, 1, 1), number=2,
               period=(date(2017, 12, 20), date(2018, 1, 1))))  # fmt: skip
    await lend(subsidy, none, none.paid("50.00"))
    await mark(subsidy, first, "stably_lifted", date(2017, 7, 26))
    await mark(subsidy, none, "stably_lifted", date(2017, 1, 1))  # nothing of it is subsidised
    loans = (str(first.loan_id), str(second.loan_id))
    lacking = {loans[0]: ("888.13", "0.00"), loans[1]: ("100.00", "0.00")}
    assert await _waiting(subsidy) == ("988.13", "0.00", "988.13", lacking)

    batch = await approved_batch(subsidy, await open_programme(subsidy))
    granted = {loans[0]: ("0.00", "888.13"), loans[1]: ("0.00", "100.00")}
    assert await _waiting(subsidy) == ("0.00", "988.13", "988.13", granted)
    run = (await pay(subsidy, batch))["id"]
    sent = await instructions(subsidy, run)
    [one] = [row for row in sent if row[4] == "100.00"]
    await confirm(subsidy, run, paid_rows([one]))
    assert await _waiting(subsidy) == ("0.00", "888.13", "888.13", {loans[0]: ("0.00", "888.13")})
    await confirm(subsidy, run, paid_rows([row for row in sent if row is not one]))
    assert await _waiting(subsidy) == ("0.00", "0.00", "0.00", {})
    assert await _waiting(subsidy, 2018) == ("7.00", "0.00", "7.00", {loans[1]: ("7.00", "0.00")})

    await mark(subsidy, first, "lifted", date(2017, 7, 26), version=3)  # the mark was wrong: the rest is due too
    assert await _waiting(subsidy) == ("888.12", "0.00", "888.12", {loans[0]: ("888.12", "0.00")})


@pytest.mark.clause("SX-5(g)")
async def test_what_cannot_be_said_before_a_rate_is_published_is_listed_too(subsidy: ServiceUnderTest) -> None:
    await subsidy.deliver(confirmed(pack((SETTLE_FIRST, CAPPED)), version=2))
    loan = Loan(pack_version=2)
    await lend(subsidy, loan, loan.paid("100.00"))
    path = f"/reports/unsubsidised-interest?county_code={COUNTY}&year=2017"
    [item] = (await look(subsidy, path, Role.FINANCE_BUREAU))["items"]
    assert (item["loan_id"], item["cap_missing"], item["due"]) == (str(loan.loan_id), True, "0.00")
