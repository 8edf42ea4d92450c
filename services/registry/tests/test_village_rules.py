"""Which village has adopted which text on which day, and how rules end (FJ-16)."""

from typing import Any

import httpx
import pytest

from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, get, post
from services.registry.tests.rating_county import refused
from shared.access import Role
from shared.testing.service import ServiceUnderTest

TEXT = "借款到期须按时归还；延期不还的列入失信名单。"


async def _adopt(
    registry: ServiceUnderTest, village: str = VILLAGE, on: str = "2017-03-01", **other: Any
) -> httpx.Response:
    body = {
        "village_code": village,
        "title": "诗城社区村规民约",
        "content": TEXT,
        "evidence": [{"reference": "村民会议记录2017-3"}],
        "adopted_on": on,
        **other,
    }
    return await post(registry, "/village-rules", body, Role.VILLAGE, region=village, subject="clerk")


async def _end(registry: ServiceUnderTest, rule: str, cause: str, on: str, subject: str = "head") -> httpx.Response:
    body = {"cause": cause, "ended_on": on, "reason": "经镇核实"}
    return await post(registry, f"/village-rules/{rule}/terminations", body, Role.TOWNSHIP, subject=subject)


async def _in_force(registry: ServiceUnderTest, on: str) -> dict[str, str]:
    answer = await get(registry, f"/village-rules?region_code={COUNTY}&as_of={on}", Role.TOWNSHIP)
    return {each["village_code"]: each["adopted_on"] for each in answer.json()["items"]}


@pytest.mark.clause("FJ-16")
async def test_a_day_shows_which_village_has_which_text(registry: ServiceUnderTest) -> None:
    first = await _adopt(registry)
    assert first.status_code == 201, first.text
    assert (first.json()["content"], first.json()["adopted_on"]) == (TEXT, "2017-03-01")
    assert (await _adopt(registry, OTHER_VILLAGE, "2017-05-01")).status_code == 201
    assert (await _adopt(registry, on="2018-03-01", content="修订后条款")).status_code == 201
    assert await _in_force(registry, "2017-02-28") == {}
    assert await _in_force(registry, "2017-03-01") == {VILLAGE: "2017-03-01"}
    assert await _in_force(registry, "2018-03-01") == {VILLAGE: "2018-03-01", OTHER_VILLAGE: "2017-05-01"}
    counted = []
    for day in ("2017-02-28", "2017-03-01", "2018-03-01"):
        path = f"/village-rules/coverage?region_code={COUNTY}&as_of={day}"
        shown = (await get(registry, path, Role.TOWNSHIP)).json()
        counted.append((shown["village_count"], shown["adopted_count"], shown["missing"]))
    assert counted == [(2, 0, [VILLAGE, OTHER_VILLAGE]), (2, 1, [OTHER_VILLAGE]), (2, 2, [])]


@pytest.mark.clause("FJ-16")
async def test_rules_recorded_wrongly_never_held_and_what_they_replaced_holds_on(registry: ServiceUnderTest) -> None:
    assert (await _adopt(registry)).status_code == 201
    wrong = (await _adopt(registry, on="2018-03-01")).json()
    assert refused(await _end(registry, wrong["id"], "recorded_wrongly", "2018-05-01", "clerk")) == (
        403,
        "maker-is-checker",
    )
    ended = await _end(registry, wrong["id"], "recorded_wrongly", "2018-05-01")
    assert (ended.json()["ended_on"], ended.json()["end_cause"]) == ("2018-03-01", "recorded_wrongly")
    assert await _in_force(registry, "2018-04-01") == {VILLAGE: "2017-03-01"}
    assert refused(await _end(registry, wrong["id"], "repealed", "2018-05-01")) == (409, "village-rule-ended")


async def test_repealed_rules_hold_until_that_day(registry: ServiceUnderTest) -> None:
    rule = (await _adopt(registry)).json()["id"]
    assert refused(await _end(registry, rule, "repealed", "2017-02-28")) == (422, "date-before-step")
    assert (await _end(registry, rule, "repealed", "2018-05-01")).status_code == 201
    assert [await _in_force(registry, day) for day in ("2018-04-30", "2018-05-01")] == [{VILLAGE: "2017-03-01"}, {}]


async def test_only_a_village_on_file_adopts_rules_and_not_before_those_in_force(registry: ServiceUnderTest) -> None:
    body = {
        "village_code": "500236001",
        "title": "x",
        "content": TEXT,
        "evidence": [{"reference": "x"}],
        "adopted_on": "2017-03-01",
    }
    assert refused(await post(registry, "/village-rules", body, Role.TOWNSHIP)) == (422, "rules-need-village")
    assert (await _adopt(registry)).status_code == 201
    assert refused(await _adopt(registry, on="2017-03-01")) == (409, "later-rules-in-force")
    elsewhere = await post(
        registry, "/village-rules", {**body, "village_code": OTHER_VILLAGE}, Role.VILLAGE, region=VILLAGE
    )
    assert elsewhere.json()["code"] == "outside-region"
    unknown = await _end(registry, "00000000-0000-0000-0000-000000000009", "repealed", "2018-05-01")
    assert refused(unknown) == (404, "village-rule-unknown")
