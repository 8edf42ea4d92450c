"""When a loss may be claimed: what a dead borrower's family and an entity that used the money are given first."""

from datetime import date
from typing import Any

import pytest

from services.riskfund.tests.county import County, fengjie, refusal
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


def death_after(months: int) -> dict[str, Any]:
    """Return a pack that compensates a dead borrower's loan so many months after maturity."""
    content = fengjie()
    for wait in content["compensation"]["waits"]["value"]:
        if wait["cause"] == "death":
            wait["months"] = months
    return content


@pytest.mark.clause("LG-21a")
async def test_a_dead_borrowers_claim_waits_as_the_contracts_pack_says(service: ServiceUnderTest) -> None:
    county = County(service)
    await county.confirm_pack(death_after(4))
    await county.confirm_pack(fengjie(), version=2)  # the contract stays bound to version 1
    await county.open_fund()
    loan = await county.default(cause="death")
    early = await county.file(loan, "2018-06-30")
    assert refusal(early) == (409, "claim-too-early")
    assert early.json()["values"]["first_on"] == "2018-07-01"
    assert (await county.file(loan, "2018-07-01")).status_code == 201


@pytest.mark.clause("LG-20b(c)")
async def test_an_entrusted_loans_claim_needs_more_than_six_months_of_pursuit(open_county: County) -> None:
    loan = await open_county.default(cause="entrusted")
    assert refusal(await open_county.file(loan, "2018-07-06")) == (409, "pursuit-not-stated")
    await open_county.service.deliver_all([open_county.pursued(loan, "2018-03-05")])
    early = await open_county.file(loan, "2018-09-05")
    assert refusal(early) == (409, "claim-too-early")
    late = await open_county.file(loan, "2018-09-06")
    assert late.status_code == 201


@pytest.mark.parametrize("mode", ["indirect", "equity", "enterprise_use"])
@pytest.mark.clause("LG-20b(c)")
async def test_where_an_entity_used_the_money_it_is_pursued_first_whatever_cause_is_reported(
    open_county: County, mode: str
) -> None:
    loan = await open_county.default(cause="illness", mode=mode)
    assert refusal(await open_county.file(loan, "2018-09-05")) == (409, "pursuit-not-stated")
    await open_county.service.deliver_all([open_county.pursued(loan, "2018-03-05")])
    early = await open_county.file(loan, "2018-09-05")
    assert refusal(early) == (409, "claim-too-early")
    assert early.json()["values"]["first_on"] == "2018-09-06"
    assert (await open_county.file(loan, "2018-09-06")).status_code == 201


@pytest.mark.clause("LG-20b(c)")
async def test_only_steps_against_the_entity_since_it_is_overdue_count(open_county: County) -> None:
    county, wrong = open_county, new_id()
    loan = await county.default(cause="illness", mode="indirect")  # overdue since 2018-03-02
    steps = [county.pursued(loan, "2018-03-01"), county.pursued(loan, "2018-03-02", "household")]
    steps += [county.pursued(loan, "2018-03-04", kind="agreement_call")]
    steps += [county.pursued(loan, "2018-03-03", step_id=wrong, withdrawn_on=date(2018, 3, 4))]
    await county.service.deliver_all([*steps, county.pursued(loan, "2018-03-03", step_id=wrong)])
    assert refusal(await county.file(loan, "2018-12-31")) == (409, "pursuit-not-stated")
    await county.service.deliver_all([county.pursued(loan, "2018-03-02")])
    assert (await county.file(loan, "2018-09-03")).json()["pursued_from"] == "2018-03-02"


async def test_a_claim_is_not_approved_once_the_pursuit_it_waited_for_is_withdrawn(open_county: County) -> None:
    county, step = open_county, new_id()
    loan = await county.default(cause="illness", mode="indirect")
    later = county.pursued(loan, "2018-03-12")
    await county.service.deliver_all([county.pursued(loan, step_id=step), later])
    claim = (await county.file(loan, "2018-09-06")).json()
    gone = county.pursued(loan, step_id=step, withdrawn_on=date(2018, 9, 7))
    await county.service.deliver_all([gone])
    assert refusal(await county.decide(claim["id"], "member-1", on="2018-09-10")) == (409, "pursuit-withdrawn")
    assert (await county.decide(claim["id"], "member-1", "refuse", on="2018-09-10")).json()["state"] == "refused"
    again = await county.file(loan, "2018-09-13")
    assert (again.status_code, again.json()["pursued_from"]) == (201, "2018-03-12")


async def test_a_household_that_used_the_money_itself_is_not_held_up_by_a_pursuit(open_county: County) -> None:
    loan = await open_county.default(cause="illness", mode="joint")
    assert (await open_county.file(loan, "2018-07-06")).status_code == 201


async def test_the_wait_of_a_dead_borrower_holds_beside_the_pursuit_of_the_entity(open_county: County) -> None:
    loan = await open_county.default(cause="death", mode="indirect")
    both = await open_county.file(loan, "2018-07-01")
    assert refusal(both) == (409, "pursuit-not-stated")
    await open_county.service.deliver_all([open_county.pursued(loan, "2018-03-05")])
    assert (await open_county.file(loan, "2018-09-06")).status_code == 201
