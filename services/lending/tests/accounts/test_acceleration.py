"""With a confirmed default all principal falls due, where the pack says so for its cause and notice was given."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.accounts.test_corrections import confirm as confirm_reversal
from services.lending.tests.accounts.test_corrections import facts
from services.lending.tests.accounts.test_corrections import propose as propose_reversal
from services.lending.tests.accounts.test_default_withdrawals import decide, propose
from services.lending.tests.county import COUNTY, County, as_json, county_with_pack
from services.lending.tests.defaults.test_defaults import claim_for, confirm, defaulted, papers, report
from services.lending.tests.defaults.test_pack_corrections import right_version
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from shared.events.lending import DefaultConfirmed
from shared.events.registry import PackCorrected
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

NOTICE = ["demand_letter", "acceleration_notice"]


@pytest.fixture
async def county(start_service: Callable[..., Awaitable[ServiceUnderTest]]) -> County:
    """Return a county that calls loans in when a business fails."""
    return await county_with_pack(await start_service("lending"), repayment__accelerating_causes=["business_failure"])


async def called_in(county: County) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a loan that is called in, and the confirmed default."""
    loan = await county.lend()
    reported = await report(county, loan["id"], papers=papers(*NOTICE))
    assert (reported.status_code, reported.json()["accelerates"]) == (201, None), reported.text
    confirmed = await confirm(county, reported.json()["id"])
    assert confirmed.status_code == 201, confirmed.text
    return loan, confirmed.json()


async def test_all_principal_falls_due_with_interest_for_the_days_used(county: County) -> None:
    loan, confirmed = await called_in(county)
    # 1 906.60 of 20 December and 96 days of 50 000.00 at 4.75 %, by 360
    assert (confirmed["accelerates"], confirmed["principal_outstanding"], confirmed["interest_overdue"]) == (
        True,
        "50000.00",
        "2539.93",
    )
    name, data, *_ = (await county.service.outbox())[-1]
    event = DefaultConfirmed.model_validate_json(as_json(data))
    assert (name, event.accelerates, event.interest_overdue) == ("default-confirmed", True, Decimal("2539.93"))
    account = await county.account(loan["id"], "2018-03-26")
    assert (account["arrears"], account["interest_accrued"]) == (account["payoff_amount"], "0.00")
    (called,) = [due for due in account["dues"] if due["due_on"] == "2018-03-26"]
    assert (called["period_from"], called["principal_due"], called["interest_due"]) == (
        "2017-12-20",
        "50000.00",
        "633.33",
    )
    assert [due["cancelled_on"] for due in account["dues"] if due["due_on"] > "2018-03-26"] == ["2018-03-26"] * 3
    # from that day on all of it bears penalty: 10 days of 50 633.33 and of 1 906.60 at 7.125 %
    later = await county.account(loan["id"], "2018-04-05")
    assert Decimal(later["penalty"]) - Decimal(account["penalty"]) == Decimal("100.21") + Decimal("3.77")
    await ensure_ledgers_agree(county)


async def test_the_old_arrears_do_not_cure_it_and_all_of_it_ends_the_loan(county: County) -> None:
    loan, _ = await called_in(county)
    some = (await county.repay(loan["id"], "3000.00", "2018-04-05", "R1")).json()
    assert (some["loan_closed"], some["held"]) == (False, "0.00")
    assert (await county.loan(loan["id"]))["state"] == "defaulted"
    owed = (await county.account(loan["id"], "2018-05-02"))["payoff_amount"]
    rest = (await county.repay(loan["id"], owed, "2018-05-02", "R2")).json()
    assert (rest["loan_closed"], rest["held"]) == (True, "0.00")
    names = [name for name, *_ in await county.service.outbox()]
    assert names[-3:] == ["repayment-recorded", "default-lifted", "loan-closed"]
    wrong = (await propose_reversal(county, rest["id"], proposed_on="2018-05-03")).json()
    assert (await confirm_reversal(county, wrong["id"], decided_on="2018-05-04")).status_code == 201
    assert (await county.loan(loan["id"]))["state"] == "defaulted"
    assert (await county.account(loan["id"], "2018-05-02"))["payoff_amount"] == owed
    await ensure_ledgers_agree(county)


async def test_a_default_that_is_withdrawn_calls_nothing_in(county: County) -> None:
    loan = await county.lend()
    before = await facts(county, loan["id"])
    reported = (await report(county, loan["id"], papers=papers(*NOTICE))).json()
    await confirm(county, reported["id"])
    assert len(await county.installments(loan["id"])) == 2
    withdrawal = (await propose(county, reported["id"])).json()
    assert (await decide(county, withdrawal["id"])).status_code == 201
    assert await facts(county, loan["id"]) == before
    await ensure_ledgers_agree(county)


async def test_what_was_paid_before_counts_and_what_comes_for_an_earlier_day_changes_what_is_called_in(
    county: County,
) -> None:
    loan, _ = await called_in(county)
    paid = await county.repay(loan["id"], "20000.00", "2018-03-01", "R1", "prepayment")
    assert paid.status_code == 201, paid.text
    account = await county.account(loan["id"], "2018-03-26")
    arrears = Decimal("1906.60") + Decimal("26.79")  # of the interest of December, 71 days late
    used = Decimal("468.40")  # of 50 000.00 from 20 December to 1 March
    left = Decimal("50000.00") - (Decimal("20000.00") - arrears - used)
    assert Decimal(account["principal_outstanding"]) == left
    assert (account["state"], account["arrears"]) == ("defaulted", account["payoff_amount"])
    await ensure_ledgers_agree(county)


async def test_what_is_called_in_is_claimed_and_compensated(county: County) -> None:
    loan, confirmed = await called_in(county)
    await county.service.deliver(claim_for(loan, confirmed))
    assert (await county.loan(loan["id"]))["state"] == "compensated"


async def test_without_notice_the_report_is_refused_and_other_causes_call_nothing_in(county: County) -> None:
    loan = await county.lend()
    refused = await report(county, loan["id"])
    assert (refused.json()["code"], refused.json()["values"]["missing"]) == (
        "default-papers-missing",
        [["acceleration_notice"]],
    )
    ill = (await report(county, loan["id"], cause="illness")).json()
    assert (await confirm(county, ill["id"])).json()["accelerates"] is False
    assert len(await county.installments(loan["id"])) == 4


async def test_a_default_reported_before_the_county_called_loans_in_calls_nothing_in(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    county = await county_with_pack(await start_service("lending"))
    loan, later = await county.lend(), await county.lend()
    reported = (await report(county, loan["id"])).json()
    right = await right_version(county, "repayment", "accelerating_causes", ["business_failure"])
    correction = PackCorrected(
        correction_id=new_id(),
        county_code=COUNTY,
        pack_id=county.pack_id,
        number=1,
        follows_pack_id=right,
        keys=("repayment.accelerating_causes",),
        effective_from=date(2018, 3, 20),
    )
    await county.service.deliver(correction)
    assert (await confirm(county, reported["id"])).json()["accelerates"] is False
    assert (await report(county, later["id"])).json()["code"] == "default-papers-missing"


async def test_where_the_pack_says_nothing_a_default_calls_nothing_in(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    county = await county_with_pack(await start_service("lending"))
    loan, confirmed = await defaulted(county)
    assert (confirmed["accelerates"], confirmed["interest_overdue"]) == (False, "1906.60")
    assert len(await county.installments(loan["id"])) == 4
