"""What a visit collects, what is refused by name, and when it must be collected again (ZJ-1, DZ-4b)."""

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from services.registry.credit.rating.rules.validity import is_stale
from services.registry.credit.surveys.rules.form import collection_form, faults, unit_of
from services.registry.tests.county import (
    COUNTY,
    GOOD_ANSWERS,
    OTHER_VILLAGE,
    SCHEME,
    VILLAGE,
    get,
    post,
    registered,
    row,
)
from services.registry.tests.rating_schemes import SCHEME_WITH_BANK
from shared.access import Role
from shared.dates import add_months
from shared.testing.service import ServiceUnderTest

ANSWERS: dict[str, Any] = {**GOOD_ANSWERS, "assets_value": "125000.50"}


def _survey(household: str, collected_on: str = "2018-01-10", **answers: Any) -> dict[str, Any]:
    return {"household_id": household, "collected_on": collected_on, "answers": {**ANSWERS, **answers}}


async def _record(registry: ServiceUnderTest, *surveys: dict[str, Any], **other: Any) -> httpx.Response:
    role = other.pop("role", Role.HELPER)
    return await post(registry, "/credit-surveys", {"surveys": list(surveys)}, role, **other)


def _refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.clause("ZJ-1(a)")
def test_the_form_asks_for_everything_the_clause_names() -> None:
    asked = {line.indicator.code for line in collection_form(SCHEME)}
    assert asked == {
        "assets_value",
        "income_annual",
        "spending_annual",
        "labourers",
        "migrant_workers",
        "children_at_school",
        "bad_records",
    }


@pytest.mark.clause("LG-10(a)")
def test_one_visit_serves_the_county_and_every_bank() -> None:
    lines = {line.indicator.code: line for line in collection_form(SCHEME_WITH_BANK)}
    assert lines["income_annual"].scored_by == ("county", "PSBC")
    assert lines["deposits"].scored_by == ("PSBC",)
    assert [line.indicator.code for line in collection_form(SCHEME_WITH_BANK, "PSBC")] == ["income_annual", "deposits"]


@pytest.mark.clause("ZJ-1(a)")
def test_faults_are_named_by_kind() -> None:
    given = {code: Decimal(value) for code, value in GOOD_ANSWERS.items()}
    assert faults(given, collection_form(SCHEME)) is None
    del given["labourers"]
    found = faults({**given, "horses": Decimal(1), "income_annual": Decimal(-1)}, collection_form(SCHEME))
    assert found is not None
    assert (found.unknown, found.missing, found.negative) == (("horses",), ("labourers",), ("income_annual",))


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("家庭资产(元)", "元"),
        ("年支出(元,按占年收入比例评分)", "元"),
        ("耕地（亩）", "亩"),
        ("Annual income (CNY)", "CNY"),
        ("健康", None),
    ],
)
def test_a_unit_stands_in_brackets(name: str, unit: str | None) -> None:
    assert unit_of(name) == unit


async def test_the_form_is_shown_with_unit_and_scoring(registry: ServiceUnderTest) -> None:
    form = (await get(registry, f"/rating-forms?county_code={COUNTY}&as_of=2017-02-01", Role.VILLAGE)).json()
    [line] = [each for each in form["lines"] if each["code"] == "spending_annual"]
    assert (form["recollect_months"], form["banks"], len(form["lines"])) == (12, [], 7)
    assert (line["unit_zh"], line["unit_en"], line["better_when"], line["per"]) == (
        "元",
        "CNY",
        "lower",
        "income_annual",
    )
    assert line["steps"][-1] == {"threshold": "0.60", "points": "10"}
    unknown = await get(registry, f"/rating-forms?county_code={COUNTY}&as_of=2017-02-01&bank_code=PSBC", Role.VILLAGE)
    assert _refused(unknown) == (404, "rating-bank-unknown")


@pytest.mark.clause("ZJ-1(a)")
async def test_a_batch_is_recorded_and_history_stays(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    both = [_survey(first), _survey(second, bad_records=1)]
    assert (await _record(registry, *both)).json() == {"recorded_count": 2, "already_recorded_count": 0}
    assert (await _record(registry, *both)).json() == {"recorded_count": 0, "already_recorded_count": 2}
    shown = (await get(registry, f"/households/{second}/credit-surveys", Role.VILLAGE)).json()
    assert [each["collected_on"] for each in shown] == ["2018-01-10", "2017-01-04"]
    assert (shown[0]["answers"]["bad_records"], shown[0]["answers"]["assets_value"]) == ("1", "125000.50")


async def test_a_visit_tells_the_village_group(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    later = {**_survey(household, "2018-03-01"), "group_name": "二组"}
    earlier = {**_survey(household, "2018-02-01"), "group_name": "一组"}
    for survey in (later, earlier, _survey(household, "2018-04-01")):
        assert (await _record(registry, survey)).status_code == 201
    path = f"/credit-surveys?region_code={VILLAGE}&as_of=2018-05-01"
    [found] = (await get(registry, path, Role.TOWNSHIP)).json()["items"]
    assert found["group_name"] == "二组"  # of the latest visit that named one
    shown = (await get(registry, f"/households/{household}/credit-surveys", Role.VILLAGE)).json()
    assert [each["group_name"] for each in shown] == [None, "二组", "一组", None]


async def test_a_survey_on_file_is_never_changed(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    assert (await _record(registry, _survey(household))).status_code == 201
    answer = await _record(registry, _survey(household, bad_records=3))
    assert _refused(answer) == (409, "survey-exists")
    with pytest.raises(Exception, match="only grows"):
        await registry.database.pool.execute("UPDATE credit_survey SET answers = '{}'")


@pytest.mark.parametrize(
    ("answers", "code", "named"),
    [
        ({"horses": 2}, "survey-indicator-unknown", "horses"),
        ({"income_annual": -1}, "survey-answer-negative", "income_annual"),
    ],
)
async def test_answers_that_do_not_belong_are_refused_by_name(
    registry: ServiceUnderTest, answers: dict[str, Any], code: str, named: str
) -> None:
    good, bad = await registered(registry, row(1), row(2))
    answer = await _record(registry, _survey(good), _survey(bad, **answers))
    assert _refused(answer) == (422, code)
    assert answer.json()["values"]["households"] == [{"household_id": bad, "codes": [named]}]
    assert "assets_value" in answer.json()["values"]["indicators"]
    assert await registry.database.pool.fetchval("SELECT count(*) FROM credit_survey") == 2  # all or none


async def test_an_answer_left_out_is_refused_by_name(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    survey = _survey(household)
    del survey["answers"]["labourers"]
    answer = await _record(registry, survey)
    assert _refused(answer) == (422, "survey-answer-missing")
    assert answer.json()["values"]["households"][0]["codes"] == ["labourers"]
    as_float = await _record(registry, _survey(household, income_annual=1.5))
    assert _refused(as_float) == (422, "invalid-request")


async def test_what_cannot_be_collected_is_refused(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    assert _refused(await _record(registry, _survey(household, "2199-01-01"))) == (422, "date-in-future")
    assert _refused(await _record(registry, _survey(household), _survey(household))) == (422, "survey-repeated")
    assert _refused(await _record(registry, _survey(household), region="500237")) == (404, "households-unknown")
    assert _refused(await _record(registry, _survey(household), role=Role.BANK)) == (403, "right-missing")
    assert _refused(await _record(registry, _survey(household, "2016-01-01"))) == (409, "no-policy-pack-in-force")
    await registry.database.pool.execute("UPDATE household SET ended_on = '2018-01-01', end_reason = 'moved_out'")
    assert _refused(await _record(registry, _survey(household))) == (409, "households-ended")


@pytest.mark.clause("DZ-4b(b)")
async def test_stale_and_missing_surveys_are_due_by_village_and_helper(registry: ServiceUnderTest) -> None:
    here, there, never = await registered(
        registry,
        row(1),
        row(2, village_code=OTHER_VILLAGE),
        row(3, **{f"indicator.{code}": "" for code in GOOD_ANSWERS}),
    )
    await registry.database.pool.execute(
        "INSERT INTO helper_assignment (id, household_id, helper, helper_name, valid_from, assigned_by)"
        " VALUES (uuid7(), $1, 'helper.one', '甲', '2017-01-01', 'township')",
        here,
    )

    async def due(query: str) -> list[tuple[str, str | None]]:
        answer = await get(registry, f"/credit-surveys/due?{query}", Role.TOWNSHIP)
        return [(each["household_id"], each["due_on"]) for each in answer.json()["items"]]

    assert await due(f"region_code={COUNTY}&as_of=2018-01-03") == [(never, None)]
    expected = sorted([(here, "2018-01-04"), (there, "2018-01-04"), (never, None)])
    assert await due(f"region_code={COUNTY}&as_of=2018-01-04") == expected
    assert await due(f"region_code={OTHER_VILLAGE}&as_of=2018-01-04") == [(there, "2018-01-04")]
    assert await due(f"region_code={VILLAGE}&as_of=2018-01-04&helper=helper.one") == [(here, "2018-01-04")]
    await _record(registry, _survey(here))
    assert await due(f"region_code={COUNTY}&as_of=2018-02-01&helper=helper.one") == []
    listed = (await get(registry, f"/credit-surveys?region_code={COUNTY}&as_of=2018-02-01", Role.TOWNSHIP)).json()[
        "items"
    ]
    assert {each["household_id"]: each["is_stale"] for each in listed} == {here: False, there: True, never: True}


@pytest.mark.parametrize("collected", [date(2016, 2, 29), date(2017, 1, 31), date(2017, 8, 31), date(2017, 6, 15)])
async def test_the_list_and_the_rule_name_the_same_due_day(registry: ServiceUnderTest, collected: date) -> None:
    await registered(registry, row(1, **{f"indicator.{code}": "" for code in GOOD_ANSWERS}))
    await registry.database.pool.execute(
        "INSERT INTO credit_survey (household_id, collected_on, answers, collected_by)"
        " SELECT id, $1, '{}', 'x' FROM household",
        collected,
    )
    due_on = add_months(collected, SCHEME.recollect_months)
    answer = await get(registry, f"/credit-surveys?region_code={COUNTY}&as_of={due_on}", Role.TOWNSHIP)
    [found] = answer.json()["items"]
    assert (found["due_on"], found["is_stale"]) == (due_on.isoformat(), is_stale(collected, 12, due_on))
