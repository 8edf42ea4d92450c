"""A bank's loans from before the platform come on the books, run on as any loan, and count in what is owed."""

from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from services.lending.tests.applications.conftest import Lending, lending, pack
from services.lending.tests.applications.counties import Place, county
from services.lending.tests.applications.peers import household_id
from shared.access import Role
from shared.events.lending import LoanDisbursed
from shared.ids import new_id
from shared.policy.pack import PolicyPack

__all__ = ["lending", "pack"]  # fixtures
ONBOARDED_ON = date(2017, 3, 1)


def legacy(place: Place, number: int, **changed: Any) -> dict[str, Any]:
    """Return a guaranteed loan of 80 000 of 2016, of a household of its own."""
    loan = {
        "household_number": f"{place.village}-O{number}",
        "contract_number": f"OC{number}",
        "bank_reference": f"OD{number}",
        "principal": "80000.00",
        "granted_on": "2016-06-01",
        "term_months": 36,
        "annual_rate": "4.75",
        "guarantor": "GC-2016-1",
        "industry": "planting",
        "purpose": "planting",
    }
    return {**loan, **changed}


async def onboard(place: Place, *items: dict[str, Any], **more: Any) -> Any:
    """Send legacy loans as the county's bank."""
    options = {key: more.pop(key) for key in ("key",) if key in more}
    body = {"county_code": place.county, "onboarded_on": ONBOARDED_ON.isoformat(), "items": list(items), **more}
    return await place.post("/legacy-loans", body, Role.BANK, organisation=place.bank, **options)


async def read(place: Place, path: str) -> Any:
    """Read as the county's bank."""
    return (await place.lending.get(path, Role.BANK, region=place.county, organisation=place.bank)).json()


@pytest.fixture
async def place(lending: Lending) -> Place:
    """Return the county whose pack knows an legacy rule."""
    return await county(lending, "lingui", ONBOARDED_ON)


async def test_right_loans_are_taken_and_every_other_is_named_with_its_reasons(place: Place) -> None:
    entity = str(new_id())
    answered = await onboard(
        place,
        legacy(place, 1),
        legacy(place, 2, principal="50000.00", mode="enterprise_use", entity_id=entity, guarantor=None),
        legacy(place, 3, principal="100000.01"),
        legacy(place, 4, granted_on="2017-01-01", guarantor=None),
        legacy(place, 5, principal="30000.00", industry="mining"),
    )
    assert answered.status_code == 201, answered.text
    body = answered.json()
    assert (body["onboarded_count"], body["amount"], body["refused_count"]) == (2, "130000.00", 3)
    assert [(each["contract_number"], each["granted_under"], each["matures_on"]) for each in body["onboarded"]] == [
        ("OC1", "legacy_amount", "2019-06-01"),
        ("OC2", "legacy_mode", "2019-06-01"),
    ]
    assert {each["contract_number"]: [r["code"] for r in each["reasons"]] for each in body["refusals"]} == {
        "OC3": ["legacy-amount-above-maximum"],
        "OC4": ["granted-after-legacy-rule", "guarantor-missing"],
        "OC5": ["not-an-legacy-loan", "industry-unknown"],
    }
    recorded = await place.lending.service.database.pool.fetch("SELECT data::text FROM outbox ORDER BY position")
    events = {
        event.contract_number: event for event in (LoanDisbursed.model_validate_json(row["data"]) for row in recorded)
    }
    assert {number: (event.granted_under, event.mode) for number, event in events.items()} == {
        "OC1": ("legacy_amount", "direct"),
        "OC2": ("legacy_mode", "enterprise_use"),
    }
    assert str(events["OC2"].entity_id) == entity
    assert (f"{events['OC1'].principal}", events["OC1"].disbursed_on) == ("80000.00", date(2016, 6, 1))
    listed = sorted((await read(place, "/legacy-loans"))["items"], key=lambda each: str(each["contract_number"]))
    assert [(each["contract_number"], each["guarantor"], each["onboarded_on"]) for each in listed] == [
        ("OC1", "GC-2016-1", "2017-03-01"),
        ("OC2", None, "2017-03-01"),
    ]


@pytest.mark.clause("LG-2(h)")
async def test_an_legacy_loan_has_its_own_rate_and_schedule_and_is_repaid_as_any_loan(place: Place) -> None:
    body = (await onboard(place, legacy(place, 1, annual_rate="5.225", term_months=12))).json()
    loan_id = body["onboarded"][0]["id"]
    loan = await read(place, f"/loans/{loan_id}")
    assert (loan["principal"], loan["annual_rate"], loan["state"]) == ("80000.00", "5.225", "active")
    assert (loan["disbursed_on"], loan["matures_on"]) == ("2016-06-01", "2017-06-01")
    rows = (await read(place, f"/loans/{loan_id}/installments"))["items"]
    assert sum(Decimal(row["principal_due"]) for row in rows) == Decimal("80000.00")
    for row in rows:
        paid = {
            "bank_reference": f"R{row['number']}",
            "kind": "repayment",
            "paid_on": row["due_on"],
            "amount": f"{Decimal(row['principal_due']) + Decimal(row['interest_due']):.2f}",
        }
        path = f"/loans/{loan_id}/repayments"
        answered = await place.post(path, paid, Role.BANK, organisation=place.bank)
        assert answered.status_code == 201, answered.text
    assert (await read(place, f"/loans/{loan_id}"))["state"] == "closed"


@pytest.mark.clause("LG-2(h)")
async def test_a_contract_from_before_the_platform_keeps_its_own_terms(place: Place) -> None:
    """Today's pack says the 20th of every third month, ACT/360, interest only; the contract of 2016 says otherwise."""
    own = {
        "day_count": "30/360",
        "repayment_method": "equal_principal",
        "settlement_period_months": 6,
        "settlement_day": {"month": 6, "day": 30},
    }
    body = (await onboard(place, legacy(place, 1, **own), legacy(place, 2))).json()
    own_id, county_id = (each["id"] for each in body["onboarded"])
    loan = await read(place, f"/loans/{own_id}")
    assert (loan["day_count"], loan["repayment_method"]) == ("30/360", "equal_principal")
    assert (loan["signed_on"], loan["signed_rate"], loan["rate_stated"]) == ("2016-06-01", "4.75", True)
    rows = (await read(place, f"/loans/{own_id}/installments"))["items"]
    assert [(row["due_on"], row["days"], row["interest_due"]) for row in rows[:3]] == [
        ("2016-06-30", 29, "306.11"),
        ("2016-12-30", 180, "1628.57"),
        ("2017-06-30", 180, "1357.14"),
    ]
    county_rows = (await read(place, f"/loans/{county_id}/installments"))["items"]
    assert county_rows[0]["due_on"] == "2016-06-20"
    listed = {each["id"]: each["own_terms"] for each in (await read(place, "/legacy-loans"))["items"]}
    assert listed[own_id] == own
    assert set(listed[county_id].values()) == {None}


async def test_a_settlement_day_that_no_year_has_is_refused(place: Place) -> None:
    answered = await onboard(place, legacy(place, 1, settlement_day={"month": 2, "day": 29}))
    assert (answered.status_code, answered.json()["code"]) == (422, "invalid-request")


async def test_a_legacy_loan_has_no_disbursement_here_to_take_back(place: Place) -> None:
    await onboard(place, legacy(place, 1))
    [loan] = (await read(place, "/legacy-loans"))["items"]
    wrong = {"cause": "other", "reason": "录入有误", "proposed_on": "2018-02-01"}
    path = f"/loans/{loan['id']}/disbursement-reversals"
    refused = await place.post(path, wrong, Role.BANK, organisation=place.bank)
    assert (refused.status_code, refused.json()["code"]) == (409, "legacy-loan-stays"), refused.text


async def test_an_legacy_loan_counts_in_what_the_household_owes(place: Place) -> None:
    assert (await onboard(place, legacy(place, 1))).json()["onboarded_count"] == 1
    owing = {**place.loan_request("1000.00"), "household_number": f"{place.village}-O1"}
    place.lending.registry.reasons[owing["household_number"]] = ["household-cap"]
    reasons, free = await place.refusals(owing, place.loan_request("1000.00"))
    owes, owes_nothing = (item["exposure"] for item in place.lending.registry.questions[-1]["items"])
    assert owes == {"open_loans": 1, "owed": "80000.00", "under_way": "0.00"}
    assert owes_nothing == {"open_loans": 0, "owed": "0.00", "under_way": "0.00"}
    assert [code for code, _ in reasons] == ["household-cap"]
    assert free == []


async def test_a_loan_is_on_the_books_once(place: Place) -> None:
    first = await onboard(place, legacy(place, 1), legacy(place, 2, contract_number="OC1"), key="legacy-loans-1")
    assert [refused["reasons"][0]["code"] for refused in first.json()["refusals"]] == ["contract-number-used"]
    repeated = await onboard(place, legacy(place, 1), legacy(place, 2, contract_number="OC1"), key="legacy-loans-1")
    assert (repeated.status_code, repeated.content) == (201, first.content)
    again = (await onboard(place, legacy(place, 1))).json()
    assert [reason["code"] for reason in again["refusals"][0]["reasons"]] == [
        "contract-number-used",
        "bank-reference-conflict",
    ]
    assert await place.lending.count("loan") == 1


async def test_two_loans_of_one_household_are_numbered(place: Place) -> None:
    both = [legacy(place, 1), legacy(place, 2, household_number=f"{place.village}-O1", principal="60000.00")]
    assert (await onboard(place, *both)).json()["onboarded_count"] == 2
    loans = (await read(place, f"/loans?household_id={household_id(f'{place.village}-O1')}"))["items"]
    assert sorted(loan["loan_round"] for loan in loans) == [1, 2]


async def test_households_nobody_knows_or_of_another_county_are_named(place: Place) -> None:
    place.lending.registry.unknown.add(f"{place.village}-O1")
    answered = await onboard(place, legacy(place, 1), legacy(place, 2, household_number="500236001201-9"))
    assert [refused["reasons"][0]["code"] for refused in answered.json()["refusals"]] == ["household-unknown"] * 2


async def test_refused_whole_by_name(place: Place) -> None:
    future = await onboard(place, legacy(place, 1), onboarded_on="2199-01-01")
    elsewhere = await onboard(place, legacy(place, 1), county_code="500236")
    body = {"county_code": place.county, "onboarded_on": "2017-03-01", "items": [legacy(place, 1)]}
    stranger = await place.post("/legacy-loans", body, Role.BANK, organisation="NOBODY")
    unbound = await place.post("/legacy-loans", body, Role.BANK)
    township = await place.post("/legacy-loans", body, Role.TOWNSHIP)
    before = await onboard(place, legacy(place, 1), onboarded_on="2015-01-01")
    answers = [
        (each.status_code, each.json()["code"]) for each in (future, elsewhere, stranger, unbound, township, before)
    ]
    assert answers == [
        (422, "date-in-future"),
        (403, "outside-region"),
        (409, "lender-not-registered"),
        (403, "organisation-missing"),
        (403, "right-missing"),
        (409, "no-policy-pack-in-force"),
    ]
    assert await place.lending.count("loan") == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"guarantor": "某某某"},
        {"annual_rate": 4.75},
        {"annual_rate": "100"},
        {"principal": ""},
        {"household_id": str(new_id())},
        {"entity_id": str(new_id())},
        {"colour": "red"},
    ],
)
async def test_a_body_that_makes_no_sense_is_refused(place: Place, wrong: dict[str, Any]) -> None:
    answered = await onboard(place, legacy(place, 1, **wrong))
    assert (answered.status_code, answered.json()["code"]) == (422, "invalid-request")
    assert not place.lending.registry.lookups


async def test_only_that_banks_own_loans_are_shown(place: Place) -> None:
    assert (await onboard(place, legacy(place, 1))).json()["onboarded_count"] == 1
    other = await place.lending.get("/legacy-loans", Role.BANK, region=place.county, organisation="OTHER")
    neighbour = await place.lending.get("/legacy-loans", Role.AUDITOR, region="500236")
    auditor = await place.lending.get("/legacy-loans", Role.AUDITOR, region=place.county)
    assert [len(each.json()["items"]) for each in (other, neighbour, auditor)] == [0, 0, 1]


async def test_what_was_recorded_of_an_legacy_loan_never_changes(place: Place) -> None:
    await onboard(place, legacy(place, 1))
    for statement in (
        "UPDATE legacy_loan SET guarantor = 'X'",
        "DELETE FROM legacy_loan",
        "UPDATE lender SET kind = 'village'",
    ):
        with pytest.raises(asyncpg.RaiseError, match="only grows"):
            await place.lending.service.database.pool.execute(statement)


async def test_a_loan_of_a_product_without_cover_comes_on_the_books_without_it(lending: Lending) -> None:
    place = await county(lending, "lingui", ONBOARDED_ON)
    farm = {
        "code": "farm",
        "name": {"zh": "农户贷款", "en": "Farm loan"},
        "lending": {"covered_by_fund": {"value": False, "assumed": True, "reason": "Set by the test."}},
    }
    products = PolicyPack.model_validate({**place.pack.content(), "products": [farm]})
    await lending.confirm_pack(products, place.county, version=2)
    answered = await onboard(place, legacy(place, 1), legacy(place, 2, product_code="farm"))
    assert answered.json()["onboarded_count"] == 2, answered.text
    recorded = await lending.service.database.pool.fetch("SELECT data::text FROM outbox ORDER BY position")
    events = [LoanDisbursed.model_validate_json(row["data"]) for row in recorded]
    found = {event.contract_number: (event.product_code, event.without_cover) for event in events}
    assert found == {"OC1": ("small_loan", False), "OC2": ("farm", True)}
