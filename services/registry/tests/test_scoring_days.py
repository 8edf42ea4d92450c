"""A campaign is judged by what was known on its day, or on the later day that its scores name (ZJ-1, DZ-4b)."""

import json
from collections.abc import Mapping
from datetime import date
from uuid import UUID

import pytest

from services.registry.tests.county import GOOD_ANSWERS, get
from services.registry.tests.rating_county import FAILING, Campaign, Home, refused, settled
from shared.access import Role
from shared.testing.service import ServiceUnderTest

_VISIT = """
INSERT INTO credit_survey (household_id, collected_on, answers, collected_by) VALUES ($1, $2, $3::jsonb, 'test')
"""


async def _visited(registry: ServiceUnderTest, household: str, on: date, answers: Mapping[str, int]) -> None:
    await registry.database.pool.execute(_VISIT, UUID(household), on, json.loads(json.dumps(dict(answers))))


@pytest.mark.clause("ZJ-1(b)")
async def test_a_survey_after_the_campaigns_day_does_not_count(registry: ServiceUnderTest) -> None:
    """An auditor who computes the scores again from what was on file that day finds the same."""
    [known, only_later] = await settled(registry, [Home(), Home(answers=None)])
    for household in (known, only_later):
        await _visited(registry, household, date(2017, 1, 9), FAILING)
    campaign = await Campaign.opened(registry)
    scored = (await campaign.do("scores")).json()
    assert (scored["facts_as_of"], scored["scored_count"]) == ("2017-01-05", 1)
    [line] = (await campaign.read("/scores?region_code=500236"))["items"]
    assert (line["household_id"], line["collected_on"], line["grade"]) == (known, "2017-01-04", "A")


async def test_scores_may_name_a_later_day_to_which_visits_went_on(registry: ServiceUnderTest) -> None:
    [known, only_later] = await settled(registry, [Home(), Home(answers=None)])
    await _visited(registry, known, date(2017, 1, 9), FAILING)
    await _visited(registry, only_later, date(2017, 1, 10), GOOD_ANSWERS)
    campaign = await Campaign.opened(registry)
    found = {}
    for day in ("2017-01-05", "2017-01-09", "2017-01-10"):
        scored = (await campaign.do("scores", {"facts_as_of": day})).json()
        assert scored["facts_as_of"] == day
        lines = (await campaign.read("/scores?region_code=500236"))["items"]
        found[day] = {each["household_id"]: each["grade"] for each in lines}
    assert found == {
        "2017-01-05": {known: "A"},
        "2017-01-09": {known: None},
        "2017-01-10": {known: None, only_later: "A"},
    }
    assert refused(await campaign.review(reviewed_on="2017-01-09")) == (422, "date-before-step")
    assert (await campaign.review(reviewed_on="2017-01-10")).status_code == 201


async def test_scores_of_a_day_before_the_campaign_or_to_come_are_refused(registry: ServiceUnderTest) -> None:
    await settled(registry, [Home()])
    campaign = await Campaign.opened(registry)
    assert refused(await campaign.do("scores", {"facts_as_of": "2017-01-04"})) == (422, "date-before-step")
    assert refused(await campaign.do("scores", {"facts_as_of": "2199-01-01"})) == (422, "date-in-future")
    assert (await campaign.read())["facts_as_of"] is None


async def test_a_households_score_of_a_day_knows_no_later_survey(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    await _visited(registry, household, date(2017, 3, 1), FAILING)
    grades = {}
    for day in ("2017-01-03", "2017-02-28", "2017-03-01"):
        shown = (await get(registry, f"/households/{household}/rating?as_of={day}", Role.TOWNSHIP)).json()
        grades[day] = (shown["collected_on"], shown["preliminary_grade"])
    assert grades == {
        "2017-01-03": (None, None),
        "2017-02-28": ("2017-01-04", "A"),
        "2017-03-01": ("2017-03-01", None),
    }
