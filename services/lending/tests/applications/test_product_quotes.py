"""What each of a county's loan products costs: asked before anybody applies, nothing is stored."""

from datetime import date
from typing import Any

import pytest

from services.lending.tests.applications.conftest import Lending
from services.lending.tests.applications.counties import Place, county
from shared.access import Role

ON = date(2017, 3, 15)
ASKED: dict[str, Any] = {"principal": "30000.00", "term_months": 12, "disbursed_on": ON.isoformat()}


@pytest.fixture
async def place(lending: Lending) -> Place:
    """Return a county with a loan of its own and the bank's credit for farm households beside it."""
    await lending.service.database.pool.execute(
        "INSERT INTO reference_rate (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y) "
        "VALUES (uuid7(), 'PBOC_BENCHMARK', '2015-10-24', 4.35, 4.75, 4.90)"
    )
    return await county(lending, "zhijin", ON)


async def quoted(place: Place, **changed: Any) -> Any:
    """Ask as a village does."""
    headers = place.lending.service.headers(Role.VILLAGE, region=place.village)
    del headers["Idempotency-Key"]  # a question
    body = {"region_code": place.village, **ASKED, **changed}
    return await place.lending.service.client.post("/api/v1/product-quotes", json=body, headers=headers)


@pytest.mark.clause("ZJ-2c(c)")
async def test_the_preferential_loan_costs_the_published_rate_and_nothing_on_top(place: Place) -> None:
    answered = await quoted(place)
    assert answered.status_code == 200, answered.text
    quote = answered.json()
    assert (quote["product_code"], quote["rate_form"]) == ("preferential_loan", "fixed")
    assert (quote["annual_rate"], quote["county_rate"]) == ("4.35", "4.35")
    assert (quote["subsidy_share"], quote["covered_by_fund"]) == ("1.00", True)
    assert [(row["due_on"], row["interest"], row["balance"]) for row in quote["installments"]] == [
        ("2017-12-20", "1015.00", "30000.00"),
        ("2018-03-15", "308.13", "0.00"),
    ]
    assert (quote["total_interest"], quote["matures_on"]) == ("1323.13", "2018-03-15")
    dearer = await quoted(place, annual_rate="4.36")
    assert (dearer.status_code, dearer.json()["code"]) == (409, "rate-differs")


async def test_the_banks_own_credit_costs_what_the_bank_states(place: Place) -> None:
    quote = (await quoted(place, product_code="farm_credit", annual_rate="8.7")).json()
    assert (quote["product_code"], quote["rate_form"], quote["county_rate"]) == ("farm_credit", "stated", "4.35")
    assert (quote["annual_rate"], quote["total_interest"]) == ("8.7", "2646.25")
    assert (quote["subsidy_share"], quote["covered_by_fund"]) == ("0", False)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"principal": "50000.01"}, "outside-the-product"),
        ({"principal": "999.99"}, "outside-the-product"),
        ({"term_months": 37}, "outside-the-product"),
        ({"term_months": 11}, "outside-the-product"),
        ({"product_code": "mining"}, "product-unknown"),
        ({"disbursed_on": "2015-10-01"}, "no-policy-pack-in-force"),
        ({"region_code": "110101001001"}, "no-policy-pack-in-force"),
        ({"product_code": "farm_credit", "annual_rate": "-1"}, "quote-refused"),
    ],
)
async def test_what_no_bank_would_sign_is_refused_by_name(place: Place, changed: dict[str, Any], code: str) -> None:
    answered = await quoted(place, **changed)
    assert answered.json()["code"] == code, answered.text


async def test_no_rate_is_made_up_where_none_is_published(lending: Lending) -> None:
    answered = await quoted(await county(lending, "zhijin", ON))
    assert (answered.status_code, answered.json()["code"]) == (409, "reference-rate-missing")


async def test_the_countys_products_are_listed_with_what_they_cost_on_a_day(place: Place) -> None:
    path = f"/loan-products?region_code={place.county}&as_of=2017-03-15"
    found = (await place.lending.get(path, Role.VILLAGE, region=place.village)).json()
    first, farm = found["items"]
    assert (first["product_code"], first["zh"], first["lender_kinds"]) == (
        "preferential_loan",
        "特惠贷",
        ["rural_credit_cooperative", "rural_commercial"],
    )
    assert [(rate["up_to_months"], rate["annual_rate"]) for rate in first["rates"]] == [(12, "4.35"), (60, "4.75")]
    assert (farm["product_code"], farm["rate_form"], farm["lender_kinds"]) == (
        "farm_credit",
        "stated",
        ["rural_commercial"],
    )
    assert "general" in farm["eligible_states"]
    assert "general" not in first["eligible_states"]
    assert [(each["subsidy_share"], each["covered_by_fund"]) for each in found["items"]] == [
        ("1.00", True),
        ("0", False),
    ]
    before = await place.lending.get(f"/loan-products?region_code={place.county}&as_of=2012-01-01", Role.VILLAGE)
    assert before.json()["code"] == "no-policy-pack-in-force"
