"""Who may borrow is answered for the product that is asked for: refused for one, admitted for another."""

from typing import Any

import httpx
import pytest

from services.registry.tests.county import PACK_TEXT, VILLAGE, every_page, post, rated, registered, row
from shared.access import Role
from shared.testing.service import ServiceUnderTest

PRODUCTS = """
products:
  - code: farm
    name: {zh: 农户贷款, en: Farm loan}
    lending:
      term_months_max: {value: 60, clause: FJ-10}
      amount_max: {value: "40000.00", clause: FJ-10}
    interest:
      rate_tenors:
        value:
          - {up_to_months: 12, column: up_to_1y}
          - {up_to_months: 60, column: over_1y_to_5y}
        clause: FJ-11
  - code: conversion
    name: {zh: 转换贷款, en: Conversion}
    eligibility:
      eligible_states: {value: [general], clause: FJ-10}
  - code: unrated
    name: {zh: 未评级贷款, en: Loan without a rating}
    eligibility:
      consequences: {value: [{condition: not-rated, consequence: without_subsidy}], clause: FJ-11}

examples:
"""
WITH_PRODUCTS = PACK_TEXT.replace("version: 1\n", "version: 2\n  supersedes: 1\n", 1).replace(
    "\nexamples:\n", PRODUCTS, 1
)


async def put_in_force(registry: ServiceUnderTest) -> None:
    """Have the county's next version, with its products, submitted and confirmed."""
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker")
    pack = await registry.client.post("/api/v1/policy-packs", content=WITH_PRODUCTS.encode(), headers=headers)
    assert pack.status_code == 201, pack.text
    headers = registry.headers(Role.FINANCE_BUREAU, subject="checker")
    path = f"/api/v1/policy-packs/{pack.json()['id']}/confirmations"
    confirmed = await registry.client.post(path, headers=headers)
    assert confirmed.status_code == 201, confirmed.text


async def ask(registry: ServiceUnderTest, *items: dict[str, Any]) -> httpx.Response:
    """Ask who may borrow."""
    body = {"as_of": "2017-03-15", "items": [{"amount": "30000", "term_months": 12, **item} for item in items]}
    return await post(registry, "/eligibility-checks", body, Role.SERVICE_CENTRE)


@pytest.fixture
async def county(registry: ServiceUnderTest) -> ServiceUnderTest:
    """Return the registry with three products and two rated households on file."""
    await registered(registry, row(1), row(2))
    await rated(registry)
    await put_in_force(registry)
    return registry


async def test_one_household_is_refused_for_one_product_and_admitted_for_another(county: ServiceUnderTest) -> None:
    named = {"household_number": "FJ00001"}
    answers = await ask(
        county,
        named,
        {**named, "term_months": 48},
        {**named, "term_months": 48, "product_code": "farm"},
        {**named, "amount": "45000", "product_code": "farm"},
        {**named, "product_code": "conversion"},
        {**named, "product_code": "small_loan"},
    )
    found = [(item["product_code"], [reason["code"] for reason in item["reasons"]]) for item in answers.json()["items"]]
    assert found == [
        ("small_loan", []),
        ("small_loan", ["term-out-of-bounds"]),
        ("farm", []),
        ("farm", ["amount-above-maximum"]),
        ("conversion", ["state-not-eligible"]),
        ("small_loan", []),
    ]


async def test_a_product_that_the_county_does_not_have_is_refused_with_those_it_has(county: ServiceUnderTest) -> None:
    answer = await ask(county, {"household_number": "FJ00001", "product_code": "forest"})
    assert (answer.status_code, answer.json()["code"]) == (422, "product-unknown")
    assert answer.json()["values"]["products"] == ["small_loan", "farm", "conversion", "unrated"]


async def test_a_screening_is_of_one_product(county: ServiceUnderTest) -> None:
    counted = {}
    for product in (None, "farm", "conversion", "forest"):
        body = {"region_code": VILLAGE[:6], "as_of": "2017-03-15", "amount": "30000", "term_months": 48}
        asked = {**body, "product_code": product} if product else body
        answer = await post(county, "/eligibility-screenings", asked, Role.SERVICE_CENTRE)
        counted[product] = answer.json().get("eligible_count", answer.json().get("code"))
    assert counted == {None: 0, "farm": 2, "conversion": 0, "forest": "product-unknown"}


@pytest.mark.clause("DZ-4")
async def test_a_screening_says_under_which_conditions_those_who_may_borrow_do(county: ServiceUnderTest) -> None:
    await registered(county, row(3), row(4, four_kinds="是"))
    body = {"region_code": VILLAGE[:6], "as_of": "2017-03-15", "amount": "30000", "term_months": 12}
    answer = await post(county, "/eligibility-screenings", {**body, "product_code": "unrated"}, Role.SERVICE_CENTRE)
    screening = answer.json()
    assert (screening["household_count"], screening["eligible_count"]) == (4, 3)
    [condition] = screening["conditions"]
    assert (condition["code"], condition["consequence"], condition["households"]) == ("not-rated", "without_subsidy", 1)
    assert [each["code"] for each in screening["reasons"]] == ["excluded-kind"]
    path = f"/eligibility-screenings/{screening['id']}/households?region_code={VILLAGE[:6]}"
    shown = {each["household_number"]: each for each in await every_page(county, path, VILLAGE[:6])}
    conditions = {number: [each["consequence"] for each in found["conditions"]] for number, found in shown.items()}
    assert conditions == {"FJ00001": [], "FJ00002": [], "FJ00003": ["without_subsidy"], "FJ00004": ["without_subsidy"]}
    said = shown["FJ00003"]["conditions"][0]
    assert said["zh"]
    assert said["clause"] == condition["clause"]
    assert shown["FJ00004"]["eligible"] is False
