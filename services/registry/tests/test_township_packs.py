"""A township with a pack of its own: whatever asks for rules takes those of the place where the household lives."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.registry.credit.surveys.rules.form import collection_form, form_of_part
from services.registry.tests.county import (
    COUNTY,
    GOOD_ANSWERS,
    OTHER_VILLAGE,
    PACK_TEXT,
    SCHEME,
    VILLAGE,
    get,
    post,
    registered,
    row,
)
from services.registry.tests.papers import file_paper, filed, picture
from services.registry.tests.rating_schemes import SCHEME_WITH_BANK
from shared.access import Role
from shared.events.lending import LoanClosed
from shared.ids import new_id
from shared.policy.rating_terms import RatingScheme
from shared.testing.service import ServiceUnderTest

TOWNSHIP = VILLAGE[:9]
ON = "2017-03-01"
# What the township does otherwise than its county, each once in the county's text.
CHANGES = {
    "code: fengjie\n": "code: yongan\n",
    "version: 1\n": "version: 2\n",
    'regions: ["500236"]': f'regions: ["{TOWNSHIP}"]',
    "{code: four_kinds, zh: 四类人员,": "{code: away_for_years, zh: 长期外出户,",
    "- code: children_at_school\n": "- code: arable_land_mu\n",
    "recollect_months:\n    value: 12": "recollect_months:\n    value: 6",
    'gradient_multiplier: {value: "1.20"': 'gradient_multiplier: {value: "1.50"',
    "{code: review_form, zh: 贷款审批表,": "{code: village_review, zh: 社区评议表,",
}


def _township_pack() -> str:
    text = PACK_TEXT.split("\nexamples:")[0] + "\n"
    for old, new in CHANGES.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@pytest.fixture
async def divided(registry: ServiceUnderTest) -> ServiceUnderTest:
    """Return a county of which one township has a pack of its own."""
    maker = registry.headers(Role.POVERTY_OFFICE, subject="maker", region=COUNTY)
    submitted = await registry.client.post("/api/v1/policy-packs", content=_township_pack(), headers=maker)
    assert submitted.status_code == 201, submitted.text
    path = f"/policy-packs/{submitted.json()['id']}/confirmations"
    assert (await post(registry, path, None, Role.FINANCE_BUREAU, subject="checker")).status_code == 201
    return registry


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep contents in the test's own folder."""
    monkeypatch.setenv("REGISTRY_DOCUMENTS_DIR", str(tmp_path / "store"))


async def _two(registry: ServiceUnderTest) -> list[str]:
    """Return a household of the township and one of the rest of the county."""
    return await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))


def _mark(household: str, kind: str) -> dict[str, Any]:
    return {"household_ids": [household], "kind": kind, "valid_from": ON, "reason": "入户核查"}


async def test_each_place_excludes_the_kinds_of_its_own_pack(divided: ServiceUnderTest) -> None:
    inside, outside = await _two(divided)
    for household, kind, other in ((inside, "away_for_years", "four_kinds"), (outside, "four_kinds", "away_for_years")):
        refused = await post(divided, "/exclusions", _mark(household, other), Role.POVERTY_OFFICE)
        assert (refused.status_code, refused.json()["code"]) == (422, "exclusion-kind-unknown")
        assert refused.json()["values"]["known"] == [kind]
        assert (await post(divided, "/exclusions", _mark(household, kind), Role.POVERTY_OFFICE)).status_code == 201
    both = {**_mark(inside, "four_kinds"), "household_ids": [inside, outside]}
    answer = await post(divided, "/exclusions", both, Role.POVERTY_OFFICE)
    assert (answer.status_code, answer.json()["values"]["region_code"]) == (422, VILLAGE)


@pytest.mark.clause("ZJ-1(a)")
async def test_a_visit_collects_what_the_place_asks_for_and_what_the_countys_campaign_scores(
    divided: ServiceUnderTest,
) -> None:
    inside, outside = await _two(divided)
    county, both = dict(GOOD_ANSWERS), {**GOOD_ANSWERS, "arable_land_mu": 1}
    own = {key: value for key, value in both.items() if key != "children_at_school"}
    for household, answers, code in (
        (inside, county, "survey-answer-missing"),
        (inside, own, "survey-answer-missing"),
        (outside, both, "survey-indicator-unknown"),
    ):
        body = {"surveys": [_survey(household, answers)]}
        refused = await post(divided, "/credit-surveys", body, Role.HELPER)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    right = {"surveys": [_survey(inside, both), _survey(outside, county)]}
    assert (await post(divided, "/credit-surveys", right, Role.HELPER)).json()["recorded_count"] == 2
    campaign = {"county_code": COUNTY, "year": 2017, "as_of": ON}
    path = f"/rating-campaigns/{(await post(divided, '/rating-campaigns', campaign, Role.SERVICE_CENTRE)).json()['id']}"
    await post(divided, f"{path}/scores", None, Role.SERVICE_CENTRE)
    scores = (await get(divided, f"{path}/scores?region_code={COUNTY}", Role.TOWNSHIP)).json()["items"]
    assert len({each["score"] for each in scores}) == 1, "the same facts score the same in one campaign"


async def test_the_form_of_a_part_says_who_scores_each_fact(divided: ServiceUnderTest) -> None:
    forms = {}
    for region in (COUNTY, TOWNSHIP, VILLAGE):
        form = (await get(divided, f"/rating-forms?county_code={region}&as_of={ON}", Role.HELPER)).json()
        assert (form["county_code"], form["region_code"]) == (COUNTY, region)
        forms[region] = {line["code"]: line["scored_by"] for line in form["lines"]}
    assert forms[VILLAGE] == forms[TOWNSHIP]
    assert set(forms[TOWNSHIP]) - set(forms[COUNTY]) == {"arable_land_mu"}
    assert forms[TOWNSHIP]["arable_land_mu"] == ["part"]
    assert forms[TOWNSHIP]["children_at_school"] == ["county"]
    assert forms[TOWNSHIP]["income_annual"] == ["part", "county"]


def _survey(household: str, answers: dict[str, Any]) -> dict[str, Any]:
    return {"household_id": household, "collected_on": ON, "answers": answers}


@pytest.mark.clause("ZJ-1(a)")
@pytest.mark.parametrize(
    ("part", "county"),
    [
        (SCHEME, SCHEME_WITH_BANK),
        pytest.param(SCHEME_WITH_BANK, SCHEME, marks=pytest.mark.clause("LG-10(a)")),
    ],
)
def test_no_fact_is_left_out_or_asked_twice_whoever_scores_it(part: RatingScheme, county: RatingScheme) -> None:
    codes = [line.indicator.code for line in form_of_part(part, county)]
    assert len(codes) == len(set(codes))
    assert set(codes) == {line.indicator.code for each in (part, county) for line in collection_form(each)}


@pytest.mark.clause("DZ-4b(b)")
async def test_surveys_are_due_again_when_the_place_says(divided: ServiceUnderTest) -> None:
    inside, outside = await _two(divided)  # surveyed on 2017-01-04
    for region in ("50", COUNTY):
        path = f"/credit-surveys?region_code={region}&as_of={ON}"
        found = (await get(divided, path, Role.AUDITOR)).json()["items"]
        assert {each["household_id"]: each["due_on"] for each in found} == {
            inside: "2017-07-04",
            outside: "2018-01-04",
        }
    path = f"/credit-surveys/due?region_code={COUNTY}&as_of=2017-08-01"
    assert [each["household_id"] for each in (await get(divided, path, Role.AUDITOR)).json()["items"]] == [inside]
    stale = {}
    for household in (inside, outside):
        shown = await get(divided, f"/households/{household}/rating?as_of=2017-08-01", Role.TOWNSHIP)
        stale[household] = shown.json()["is_stale"]
    assert stale == {inside: True, outside: False}


async def _rated(registry: ServiceUnderTest, household: str, village: str) -> None:
    await registry.database.pool.execute(
        "INSERT INTO rating (household_id, village_code, grade, credit_limit, cause, valid_from, valid_until, "
        "campaign_id) "
        "VALUES ($1, $2, 'C', 30000, 'campaign', '2017-01-13', '2019-01-13', $3)",
        UUID(household),
        village,
        await _campaign(registry),
    )


async def _campaign(registry: ServiceUnderTest) -> UUID:
    known = await registry.database.pool.fetchval("SELECT id FROM rating_campaign")
    if known is None:
        body = {"county_code": COUNTY, "year": 2017, "as_of": "2017-01-05"}
        known = (await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)).json()["id"]
    return UUID(str(known))


@pytest.mark.clause("FJ-10(c)", "DZ-4b(b)")
async def test_lines_grow_and_ratings_age_by_the_pack_of_the_village(divided: ServiceUnderTest) -> None:
    inside, outside = await _two(divided)
    for household, village in ((inside, VILLAGE), (outside, OTHER_VILLAGE)):
        await _rated(divided, household, village)
        loan = new_id()
        closed = LoanClosed(
            loan_id=loan,
            household_id=UUID(household),
            village_code=village,
            principal=Decimal("30000.00"),
            closed_on=date(2017, 8, 1),
            repaid_on_time=True,
        )
        await divided.deliver(closed, aggregate_id=loan)
    found = (await get(divided, f"/ratings?region_code={COUNTY}&as_of=2017-08-01", Role.TOWNSHIP)).json()["items"]
    by_household = {each["household_id"]: (each["grade"], each["credit_limit"], each["is_stale"]) for each in found}
    assert by_household == {inside: ("B", "45000.00", True), outside: ("B", "40000.00", False)}


@pytest.mark.clause("LG-43", "FJ-4a")
async def test_papers_are_those_of_the_place(divided: ServiceUnderTest) -> None:
    inside, outside = await _two(divided)
    for household, kind, zh in ((inside, "village_review", "社区评议表"), (outside, "review_form", "贷款审批表")):
        paper = await filed(divided, household, picture(), kind)
        shown = (await get(divided, f"/documents/{paper['id']}", Role.TOWNSHIP)).json()
        assert shown["kind_zh"] == zh
        listed = (await get(divided, f"/households/{household}/documents", Role.TOWNSHIP)).json()["items"]
        assert [each["kind_zh"] for each in listed] == [zh]
        checklist = (await get(divided, f"/households/{household}/document-checklist", Role.TOWNSHIP)).json()
        assert kind in {line["kind"] for line in checklist["lines"] if line["present"]}
        file = (await get(divided, f"/households/{household}/dossier", Role.TOWNSHIP)).json()
        assert [each["zh"] for each in file["documents"]] == [zh]
        assert kind in {line["kind"] for line in file["checklist"]["lines"]}
    wrong = await file_paper(divided, inside, picture(5), "review_form")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "document-kind-unknown")
    assert wrong.json()["values"]["region_code"] == VILLAGE
