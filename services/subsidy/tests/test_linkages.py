"""The linkage models of Fengjie: an orchard leased to households, and partners who are asked first."""

from decimal import Decimal
from typing import Any

import pytest

from services.subsidy.linkages.rules.lease import lease_year
from services.subsidy.tests.benefit import FENGJIE_VILLAGE, HOUSEHOLDS, confirm_packs, draft, get, in_force, post, terms
from services.subsidy.tests.reversing import decide_back, propose_back
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService

FENGJIE: dict[str, Any] = {"region": "500236"}


@pytest.fixture
async def service(start_service: StartService) -> ServiceUnderTest:
    """Start the service with two counties."""
    return await start_service("subsidy", prepared=confirm_packs)


async def _linked(service: ServiceUnderTest, model: str, shares: list[dict[str, str]], **more: Any) -> str:
    content = terms(dividend_form="linkage", linkage_model=model, shares=shares, grant_rates=[], securities=[], **more)
    body = draft(content, f"L-{model}", region_code=FENGJIE_VILLAGE)
    return await in_force(service, body, role=Role.SERVICE_CENTRE, **FENGJIE)


@pytest.mark.clause("FJ-9d(a)")
def test_six_thousand_a_mu_is_paid_and_four_thousand_a_mu_expected() -> None:
    year = lease_year(Decimal(50), Decimal(6000), Decimal(0), Decimal(500000), Decimal(4000))
    assert (year.rent, year.net, year.expected_net, year.is_below_expected) == (
        Decimal(300000),
        Decimal(200000),
        Decimal(200000),
        False,
    )
    assert lease_year(Decimal(50), Decimal(6000), Decimal(0), Decimal("499999.99"), Decimal(4000)).is_below_expected


@pytest.mark.clause("FJ-9d(a)", "FJ-9d(c)")
async def test_an_orchard_is_leased_and_its_crop_bought_at_the_floor_price(service: ServiceUnderTest) -> None:
    one, two = str(HOUSEHOLDS[2]), str(HOUSEHOLDS[3])
    shares = [{"household_id": one, "area_mu": "30.00"}, {"household_id": two, "area_mu": "20.00"}]
    promised = {"rent_per_mu": "6000.00", "floor_price_per_500g": "5.00"}
    services = {"lease_services": ["management", "guidance", "service"]}
    agreement = await _linked(service, "lease_back", shares, **promised, **services)
    path = f"/agreements/{agreement}/lease-entries"

    async def book(expect: int = 201, **entry: Any) -> dict[str, Any]:
        body = {"kind": "sale", "household_id": two, "year_number": 1, "booked_on": "2017-10-01", **entry}
        return await post(service, path, Role.TOWNSHIP, body, expect=expect, **FENGJIE)

    sale: dict[str, Any] = {"weight_500g": "40000.00", "price_per_500g": "5.00", "bank_reference": "S-1"}
    below = await book(409, **sale | {"price_per_500g": "4.99"})
    assert (below["code"], below["values"]["floor"]) == ("sale-below-floor", "5.00")
    await book(**sale)
    assert (await book(409, **sale))["code"] == "lease-entry-taken"
    stranger = sale | {"household_id": str(HOUSEHOLDS[9]), "bank_reference": "S-2"}
    assert (await book(404, **stranger))["code"] == "no-such-lease"
    mixed = await book(422, **sale | {"kind": "rent", "bank_reference": "S-3"})
    assert mixed["code"] == "invalid-request"
    statement = await book(kind="rent", amount="120000.00", bank_reference="R-1")
    first, second = statement["households"]
    assert (first["rent"], first["rent_paid"], first["shortfall"], first["is_below_expected"]) == (
        "180000.00",
        "0.00",
        "180000.00",
        True,
    )
    assert (second["rent"], second["rent_paid"], second["sold"], second["net"], second["is_below_expected"]) == (
        "120000.00",
        "120000.00",
        "200000.00",
        "80000.00",
        False,
    )
    wrong = f"/lease-entries/{statement['entries'][0]['id']}/reversals"
    proposed = await propose_back(service, wrong, "2017-10-02", **FENGJIE)
    shown = f"/agreements/{agreement}/lease-statements?year_number=1"
    assert (await get(service, shown, **FENGJIE))["entries"][0]["is_reversed"] is False
    deciding: dict[str, Any] = {"role": Role.SERVICE_CENTRE, **FENGJIE}
    maker = {**deciding, "subject": proposed["proposed_by"]}
    own = await decide_back(service, "agreement", proposed["id"], "2017-10-02", expect=403, **maker)
    assert own["code"] == "maker-is-checker"
    await decide_back(service, "agreement", proposed["id"], "2017-10-02", **deciding)
    undone = await get(service, shown, **FENGJIE)
    assert (undone["households"][1]["sold"], undone["entries"][0]["is_reversed"]) == ("0.00", True)
    lost = await propose_back(service, wrong, "2017-10-03", expect=404, **FENGJIE)
    assert lost["code"] == "lease-entry-unknown"
    # The company's paper is booked again, where it belongs.
    assert len((await book(**sale | {"household_id": one}))["entries"]) == 3


@pytest.mark.clause("FJ-9c")
async def test_partners_are_offered_a_post_before_anybody_else(service: ServiceUnderTest) -> None:
    partners = [str(HOUSEHOLDS[2]), str(HOUSEHOLDS[3])]
    shares = [{"household_id": each, "loan_amount": "50000.00"} for each in partners]
    agreement = await _linked(service, "partnership", shares, loan_rates=["6", "6", "6"])
    path = f"/agreements/{agreement}/job-offers"
    offer = {"post": "旺季服务员", "accepted": True, "offered_on": "2017-05-01"}
    await post(service, path, Role.TOWNSHIP, offer | {"household_id": partners[0]}, **FENGJIE)
    refusal = await post(service, path, Role.TOWNSHIP, offer, expect=409, **FENGJIE)
    assert (refusal["code"], refusal["values"]["household_ids"]) == ("partners-first", partners[1:])
    await post(service, path, Role.TOWNSHIP, offer | {"household_id": partners[1], "accepted": False}, **FENGJIE)
    await post(service, path, Role.TOWNSHIP, offer, **FENGJIE)
    found = (await get(service, path, **FENGJIE))["items"]
    assert [(each["household_id"], each["accepted"]) for each in found] == [
        (partners[0], True),
        (partners[1], False),
        (None, True),
    ]


@pytest.mark.clause("FJ-9b")
async def test_twenty_households_are_paid_on_grant_and_loans(service: ServiceUnderTest) -> None:
    shares = [
        {"household_id": str(each), "grant_amount": "10000.00", "loan_amount": "50000.00"} for each in HOUSEHOLDS[2:]
    ]
    content = {"loan_rates": ["4.75", "4.75", "4.75"]}
    body = draft(
        terms(
            dividend_form="linkage",
            linkage_model="equity",
            shares=shares,
            securities=[],
            **content | {"grant_rates": ["6", "6", "6"]},
        ),
        "L-equity",
        region_code=FENGJIE_VILLAGE,
    )
    agreement = await in_force(service, body, role=Role.SERVICE_CENTRE, **FENGJIE)
    year = {"year_number": 1, "prepared_on": "2018-01-05"}
    run = await post(service, f"/agreements/{agreement}/dividend-runs", Role.TOWNSHIP, year, **FENGJIE)
    assert (run["amount"], {each["amount"] for each in run["lines"]}) == ("59500.00", {"2975.00"})


@pytest.mark.clause("FJ-9d(b)")
async def test_what_the_company_serves_is_followed_year_by_year(service: ServiceUnderTest) -> None:
    shares = [{"household_id": str(HOUSEHOLDS[2]), "area_mu": "50.00"}]
    promised = {"rent_per_mu": "6000.00", "floor_price_per_500g": "5.00"}
    services = {"lease_services": ["management", "guidance", "service"]}
    agreement = await _linked(service, "lease_back", shares, **promised, **services)
    path = f"/agreements/{agreement}/lease-services"

    async def duties(as_of: str) -> list[tuple[str, str]]:
        asked = f"/agreement-duties?region_code={FENGJIE_VILLAGE}&as_of={as_of}&within_days=0"
        return [(each["duty"], each["due_on"]) for each in (await get(service, asked, **FENGJIE))["items"]]

    async def serve(name: str, expect: int = 201, **more: Any) -> dict[str, Any]:
        body = {
            "year_number": 1,
            "service": name,
            "what": "统一管护",
            "document": "F-1",
            "served_on": "2017-06-01",
            **more,
        }
        return await post(service, path, Role.TOWNSHIP, body, expect=expect, **FENGJIE)

    assert await duties("2017-12-31") == []
    assert await duties("2018-01-01") == [("lease_service", "2018-01-01")]
    assert (await serve("management"))["services_missing"] == ["guidance", "service"]
    await serve("guidance")
    served = await serve("service")
    assert (served["services_missing"], len(served["services"])) == ([], 3)
    assert await duties("2018-01-01") == []
    assert await duties("2019-01-01") == [("lease_service", "2019-01-01")]
    for wrong in ({"year_number": 4}, {"served_on": "2016-12-31"}, {"served_on": "2018-01-02"}):
        refused = await serve("service", 409 if "year_number" in wrong else 422, **wrong)
        assert refused["code"] in {"lease-service-not-promised", "date-before-step"}
    done = served["services"][1]["id"]
    back = f"/lease-services/{done}/reversals"
    proposed = await propose_back(service, back, "2018-02-01", **FENGJIE)
    deciding: dict[str, Any] = {"role": Role.SERVICE_CENTRE, **FENGJIE}
    await decide_back(service, "agreement", proposed["id"], "2018-02-02", **deciding)
    assert await duties("2018-02-02") == [("lease_service", "2018-01-01")]
    assert await duties("2018-02-01") == []  # as it was known on that day
    shown = await get(service, f"/agreements/{agreement}/lease-statements?year_number=1", **FENGJIE)
    assert shown["services_missing"] == ["guidance"]
    assert (await propose_back(service, back, "2018-02-03", expect=404, **FENGJIE))["code"] == "lease-service-unknown"


@pytest.mark.clause("FJ-9d(b)")
async def test_a_lease_that_promises_no_service_serves_none(service: ServiceUnderTest) -> None:
    shares = [{"household_id": str(HOUSEHOLDS[2]), "loan_amount": "50000.00"}]
    agreement = await _linked(service, "partnership", shares, loan_rates=["6", "6", "6"])
    body = {"year_number": 1, "service": "service", "what": "统一管护", "document": "F-1", "served_on": "2017-06-01"}
    refused = await post(service, f"/agreements/{agreement}/lease-services", Role.TOWNSHIP, body, expect=409, **FENGJIE)
    assert refused["code"] == "lease-service-not-promised"
