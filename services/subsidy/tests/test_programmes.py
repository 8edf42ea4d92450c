"""Programmes, and the schema on its way back."""

from typing import Any

import pytest

from services.subsidy.tests.county import COUNTY, ask, open_programme
from shared.access import Role
from shared.testing.service import ServiceUnderTest

PROGRAMME: dict[str, Any] = {
    "county_code": COUNTY,
    "year": 2017,
    "name": "扶贫小额信贷贴息",
    "budget": "100.00",
    "fund_sources": ["县级财政"],
    "starts_on": "2017-01-01",
    "ends_on": "2017-12-31",
}


@pytest.mark.clause("DZ-2")
async def test_refuses_a_second_programme_of_the_same_name(subsidy: ServiceUnderTest) -> None:
    await open_programme(subsidy)
    refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, PROGRAMME, expect=409)
    assert refusal["code"] == "programme-exists"


NO_PROGRAMMES: tuple[dict[str, Any], ...] = (
    {"budget": 100},
    {"budget": "-1.00"},
    {"budget": "0.00"},
    {"ends_on": "2016-12-31"},
    {"fund_sources": []},
    {"targets": [{"code": "unknown", "value": "1"}]},
    {"targets": [{"code": "households", "value": "1"}, {"code": "households", "value": "2"}]},
    {"colour": "red"},
)


async def test_refuses_what_is_no_programme(subsidy: ServiceUnderTest) -> None:
    for change in NO_PROGRAMMES:
        refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, PROGRAMME | change, expect=422)
        assert refusal["code"] == "invalid-request", change


async def test_only_the_countys_finance_bureau_manages_programmes(subsidy: ServiceUnderTest) -> None:
    assert (await ask(subsidy, "/programmes", Role.TOWNSHIP, PROGRAMME, expect=403))["code"] == "right-missing"
    refusal = await ask(subsidy, "/programmes", Role.FINANCE_BUREAU, PROGRAMME, region="500237", expect=403)
    assert refusal["code"] == "outside-region"
    programme = await open_programme(subsidy)
    more = {"amount": "1.00", "fund_source": "x", "decided_on": "2017-01-01", "note": "x"}
    path = f"/programmes/{programme}/supplements"
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, more, region="500237", expect=404)
    assert refusal["code"] == "programme-unknown"
