"""The linkage models of Fengjie: an orchard leased to households, and partners who are asked first."""

from decimal import Decimal
from typing import Any

import pytest

from services.subsidy.linkages.rules.lease import lease_year
from services.subsidy.tests.benefit import FENGJIE_VILLAGE, HOUSEHOLDS, confirm_packs, draft, get, in_force, post, terms
from shared.access import Role
from shared.ids import new_id
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
    day = {"reversed_on": "2017-10-02"}
    undone = await post(service, wrong, Role.TOWNSHIP, day, **FENGJIE)
    assert (undone["households"][1]["sold"], undone["entries"][0]["is_reversed"]) == ("0.00", True)
    assert (await post(service, wrong, Role.TOWNSHIP, day, expect=409, **FENGJIE))["code"] == "lease-entry-taken"
    lost = f"/lease-entries/{new_id()}/reversals"
    assert (await post(service, lost, Role.TOWNSHIP, day, expect=404, **FENGJIE))["code"] == "lease-entry-unknown"
    seen = await get(service, f"/agreements/{agreement}/lease-statements?year_number=1", **FENGJIE)
    assert seen == undone


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
