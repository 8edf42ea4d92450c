"""What is stated with an application: the household's consent, its project, its security, and where it is shown."""

from datetime import date
from typing import Any

import pytest

from services.lending.tests.applications.conftest import Lending
from services.lending.tests.applications.counties import Place, county
from shared.access import Role

FILED_ON = date(2017, 3, 15)


async def _refused(place: Place, consent: object) -> dict[str, object]:
    asked = [place.loan_request(), place.loan_request(statement={"consent": consent})]
    body = {"township_code": place.village[:9], "bank_code": place.bank, "filed_on": FILED_ON.isoformat()}
    answered = await place.post("/application-batches", {**body, "items": asked})
    assert (answered.status_code, answered.json()["code"]) == (409, "consent-missing"), answered.text
    assert answered.json()["values"]["households"] == [asked[1]["household_number"]]
    found: dict[str, object] = answered.json()
    return found


@pytest.mark.clause("SX-10(a)")
@pytest.mark.parametrize("consent", [None, {"given_on": "2017-03-16"}], ids=["none", "given later"])
async def test_nothing_is_filed_without_the_households_recorded_consent(lending: Lending, consent: object) -> None:
    place = await county(lending, "kelan", FILED_ON)
    await _refused(place, consent)
    assert await lending.count("application") == await lending.count("outbox") == 0


async def test_consent_is_kept_with_the_application_and_a_county_that_does_not_ask_files_without(
    lending: Lending,
) -> None:
    place = await county(lending, "kelan", FILED_ON)
    asked = place.loan_request(statement={"consent": {"given_on": "2017-03-14", "sha256": "ab" * 32}})
    assert await place.refusals(asked) == [[]]
    [application] = await lending.ids_of(asked["household_number"])
    shown = (await lending.get(f"/applications/{application}", region=place.county)).json()
    assert shown["statement"]["consent"] == {"given_on": "2017-03-14", "sha256": "ab" * 32}
    elsewhere = await county(lending, "dingyuan", FILED_ON)
    assert await elsewhere.refusals(elsewhere.loan_request(statement={})) == [[]]


async def test_what_is_stated_is_asked_of_registry_and_shown_with_the_application(lending: Lending) -> None:
    place = await county(lending, "jingning", FILED_ON)
    statement = {
        "project_stage": "started",
        "project_investment": "60000.00",
        "repayable_amount": "55000.00",
        "security": "credit",
        "accepts_supervision": True,
        "volunteers": True,
        "takes_part": True,
    }
    asked = place.loan_request(statement=statement)
    assert await place.refusals(asked) == [[]]
    [question] = lending.registry.questions[-1]["items"]
    assert {name: question[name] for name in statement} == statement
    [application] = await lending.ids_of(asked["household_number"])
    shown = (await lending.get(f"/applications/{application}", region=place.county)).json()
    assert shown["statement"] == {**statement, "consent": None}


@pytest.mark.clause("JN-4(b)")
async def test_a_loan_on_forest_rights_has_the_right_on_file(lending: Lending) -> None:
    place = await county(lending, "jingning", FILED_ON)
    on_forest: dict[str, Any] = {"statement": {"security": "forest_right"}}
    papers = [*place.loan_request()["documents"], {"code": "forest_right_certificate", "sha256": "ab" * 32}]
    without, undigested, with_it = (
        place.loan_request(**on_forest),
        place.loan_request(**on_forest, documents=["forest_right_certificate"]),
        place.loan_request(**on_forest, documents=papers),
    )
    missing = [("forest-right-not-on-file", "JN-4")]
    refused = await place.refusals(without, undigested, with_it, product_code="forest_right_loan")
    assert refused == [missing, missing, []]


@pytest.mark.clause("JN-4(a)")
async def test_only_credit_unions_and_the_postal_savings_bank_lend(lending: Lending) -> None:
    place = await county(lending, "jingning", FILED_ON)
    for kind in ("postal_savings", "rural_commercial"):
        await lending.register_bank(kind.upper().replace("_", "-"), kind, place.county)
    assert await place.refusals(place.loan_request(), bank_code="POSTAL-SAVINGS") == [[]]
    refused = await place.refusals(place.loan_request(), bank_code="RURAL-COMMERCIAL")
    assert refused == [[("lender-kind-not-admitted", "JN-4(a)")]]


@pytest.mark.clause("JN-3(c)")
async def test_no_household_passes_the_village_without_its_development_plan_on_file(lending: Lending) -> None:
    place = await county(lending, "jingning", FILED_ON)
    asked = place.loan_request(documents=["application_form", "identity_proof"])
    filed = await place.file(asked)
    checks = {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True}
    body = {"stage": "village", "decision": "approve", "decided_on": "2017-03-17", "checks": checks}
    path = f"/application-batches/{filed['id']}/decisions"
    refused = await place.post(path, body, Role.VILLAGE, subject="secretary")
    assert (refused.status_code, refused.json()["code"]) == (409, "documents-missing")
    [application] = await lending.ids_of(asked["household_number"])
    assert refused.json()["values"]["lacking"] == {application: ["development_plan"]}
    plan = {"documents": [{"code": "development_plan", "sha256": "cd" * 32}]}
    assert (await place.post(f"/applications/{application}/documents", plan, subject="clerk")).status_code == 201
    assert (await place.post(path, body, Role.VILLAGE, subject="secretary")).status_code == 201


@pytest.mark.clause("JN-4(c)")
async def test_no_loan_goes_to_the_bank_without_its_insurance_policy_on_file(lending: Lending) -> None:
    place = await county(lending, "jingning", FILED_ON)
    papers = [each for each in place.loan_request()["documents"] if each != "insurance_policy"]
    asked = place.loan_request(documents=papers)
    filed = await place.file(asked)
    approved = "UPDATE application SET state = 'approved', state_from = $1, approved_on = $1"
    await lending.service.database.pool.execute(approved, FILED_ON)
    path, body = f"/application-batches/{filed['id']}/hand-overs", {"handed_over_on": "2017-03-20"}
    refused = await place.post(path, body, Role.POVERTY_OFFICE)
    assert (refused.status_code, refused.json()["code"]) == (409, "documents-missing"), refused.text
    [application] = await lending.ids_of(asked["household_number"])
    assert refused.json()["values"]["lacking"] == {application: ["insurance_policy"]}
    policy = {"documents": [{"code": "insurance_policy", "sha256": "cd" * 32}]}
    assert (await place.post(f"/applications/{application}/documents", policy, subject="clerk")).status_code == 201
    for check in ("before", "during"):  # JN-5
        found = {"checked_on": "2017-03-16", "checked_by": "李明", "outcome": "fit", "words": "情况属实"}
        made = await place.post(f"/applications/{application}/checks", {**found, "check_code": check}, subject="clerk")
        assert made.status_code == 201, made.text
    handed = await place.post(path, body, Role.POVERTY_OFFICE)
    assert handed.status_code == 201, handed.text


@pytest.mark.clause("SX-9(g)")
async def test_households_apply_under_the_provinces_rule_until_it_is_replaced(lending: Lending) -> None:
    place = await county(lending, "kelan", date(2026, 11, 20))
    assert await place.refusals(place.loan_request()) == [[]]


@pytest.mark.clause("MS-3")
async def test_an_application_shows_whether_its_industry_comes_first(lending: Lending) -> None:
    place = await county(lending, "miaoshan", FILED_ON)
    first, other = place.loan_request(), place.loan_request(industry="other", purpose="small_shop")
    await place.file(first, other)
    shown = []
    for asked in (first, other):
        [application] = await lending.ids_of(asked["household_number"])
        shown.append((await lending.get(f"/applications/{application}", region=place.county)).json()["is_priority"])
    assert shown == [True, False]
