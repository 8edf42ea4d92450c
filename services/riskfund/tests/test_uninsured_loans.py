"""Where a county has every loan insured, each loan without a policy is listed (JN-4)."""

from typing import Any

import pytest

from services.riskfund.tests.county import County, fengjie
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService


async def confirm_insured(service: ServiceUnderTest) -> None:
    """Let a pack arrive under which every loan is insured."""
    content = fengjie()
    content["insurance"]["loan_insured"] = {"value": True, "assumed": True, "reason": "Set by a test."}
    await County(service).confirm_pack(content)


@pytest.fixture
async def insured(start_service: StartService) -> County:
    """Return a county that has every loan insured, with a fund."""
    county = County(await start_service("riskfund", prepared=confirm_insured))
    await county.open_fund()
    return county


async def _uninsured(county: County, as_of: str = "2017-03-01", **who: Any) -> list[tuple[str, str | None]]:
    role = who.pop("role", Role.FINANCE_BUREAU)
    path = f"/insurance-policies/missing?region_code={county.code}&as_of={as_of}"
    answer = await county.get(path, role, **who)
    assert answer.status_code == 200, answer.text
    return [(each["loan_id"], each["insured_until"]) for each in answer.json()["items"]]


@pytest.mark.clause("JN-4(c)")
async def test_a_loan_without_a_policy_is_listed_until_it_has_one(insured: County) -> None:
    loan, other = await insured.lend(), await insured.lend(bank_code="psbc")
    named = sorted([(str(loan.loan_id), None), (str(other.loan_id), None)])
    assert await _uninsured(insured, "2017-02-28") == []
    assert await _uninsured(insured) == named
    assert await _uninsured(insured, role=Role.BANK, organisation="psbc") == [(str(other.loan_id), None)]
    answer = await insured.insure(loan, valid_from="2017-03-02", valid_until="2017-06-01")
    assert answer.status_code == 201, answer.text
    assert await _uninsured(insured) == named, "not yet insured on that day"
    assert await _uninsured(insured, "2017-05-31") == [(str(other.loan_id), None)]
    assert sorted(await _uninsured(insured, "2017-06-01")) == sorted(
        [(str(loan.loan_id), "2017-06-01"), (str(other.loan_id), None)]
    )


@pytest.mark.clause("JN-4(c)")
async def test_where_households_insure_as_they_like_no_loan_is_listed(county: County) -> None:
    await county.open_fund()
    await county.lend()
    assert await _uninsured(county) == []


async def test_a_loan_that_is_repaid_is_listed_no_more(insured: County) -> None:
    loan = await insured.lend()
    await insured.service.deliver_all([insured.repaid(loan, "50000.00"), insured.closed(loan)])
    assert await _uninsured(insured, "2018-02-28") == [(str(loan.loan_id), None)]
    assert await _uninsured(insured, "2018-03-01") == []
