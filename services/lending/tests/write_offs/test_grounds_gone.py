"""A write-off whose ground falls away by what is known later is shown until two persons take it back."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.lending.tests.county import County, county_with_pack
from services.lending.tests.defaults.test_defaults import defaulted
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from services.lending.tests.write_offs.test_write_offs import LOST_ON, compensated, propose_back, take_back, written_off
from shared.testing.service import ServiceUnderTest


async def gone(county: County) -> list[str]:
    """Return the write-offs that are shown as without ground; the whole list marks the same ones."""
    only = (await county.get("/api/v1/write-offs?ground_gone=true")).json()["items"]
    every = (await county.get("/api/v1/write-offs")).json()["items"]
    assert [each["id"] for each in every if each["ground_gone"]] == [each["id"] for each in only]
    return [each["id"] for each in only]


async def risks(county: County, as_of: str) -> list[tuple[str, str, str]]:
    """Return the loans at risk because of their write-offs."""
    found = (await county.get(f"/api/v1/loans-at-risk?as_of={as_of}&reason=write_off_groundless")).json()["items"]
    return [
        (item["loan_id"], each["reason"], each["since"])
        for item in found
        for each in item["reasons"]
        if each["reason"] == "write_off_groundless"
    ]


@pytest.mark.clause("LG-49")
async def test_a_lost_loan_that_had_paid_was_no_loss_and_its_write_off_is_shown(county: County) -> None:
    paid, lost = await county.lend(), await county.lend()
    wrong, right = [await written_off(county, each["id"], LOST_ON) for each in (paid, lost)]
    assert (await gone(county), await risks(county, LOST_ON)) == ([], [])

    first, second, *_ = await county.installments(paid["id"])
    for number, due in enumerate((first, second)):  # they came on their days, and the bank books them now
        answer = await county.repay(paid["id"], due["interest_due"], due["due_on"], f"R{number}")
        assert answer.status_code == 201, answer.text

    assert (await gone(county), await risks(county, LOST_ON)) == (
        [wrong["id"]],
        [(paid["id"], "write_off_groundless", LOST_ON)],
    )
    assert await risks(county, "2019-03-19") == []
    assert (await county.get("/api/v1/write-offs?ground_gone=true", bank="psbc")).json()["items"] == []
    back = (await propose_back(county, wrong["id"], proposed_on="2019-05-02")).json()
    assert (await take_back(county, back["id"], decided_on="2019-05-03")).status_code == 201
    assert (await gone(county), await risks(county, "2019-05-03")) == ([], [])
    shown = (await county.get(f"/api/v1/write-offs?loan_id={lost['id']}")).json()["items"]
    assert [(each["id"], each["ground_gone"]) for each in shown] == [(right["id"], False)]
    await ensure_ledgers_agree(county)


async def test_what_was_compensated_stays_a_ground_whatever_came(county: County) -> None:
    loan = await compensated(county)
    await written_off(county, loan["id"])
    assert await gone(county) == []


async def test_a_default_that_was_cured_before_the_write_off_is_no_ground_and_one_cured_later_was(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__write_off_grounds=["defaulted"])
    cases: list[tuple[dict[str, Any], str]] = []
    for paid_on in ("2018-04-11", "2018-04-13"):
        loan, _ = await defaulted(county)
        cases.append((loan, paid_on))
        await written_off(county, loan["id"])
    for loan, paid_on in cases:
        arrears = (await county.account(loan["id"], paid_on))["arrears"]
        assert (await county.repay(loan["id"], arrears, paid_on, f"R-{paid_on}")).status_code == 201
        assert (await county.loan(loan["id"]))["state"] == "active"
    shown = (await county.get("/api/v1/write-offs?ground_gone=true")).json()["items"]
    assert [each["loan_id"] for each in shown] == [cases[0][0]["id"]]
