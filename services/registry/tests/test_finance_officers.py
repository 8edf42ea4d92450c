"""Each village has its finance officer from a day on, and villages without one are listed (FJ-7)."""

from typing import Any

import httpx
import pytest

from services.registry.tests.county import COUNTY, OTHER_VILLAGE, VILLAGE, get, post
from services.registry.tests.rating_county import refused
from shared.access import Role
from shared.testing.service import ServiceUnderTest

UNKNOWN = "00000000-0000-0000-0000-000000000009"


async def _appoint(
    registry: ServiceUnderTest, village: str = VILLAGE, on: str = "2017-03-01", name: str = "李三妹", **other: Any
) -> httpx.Response:
    body = {
        "village_code": village,
        "officer": f"officer-{name}",
        "officer_name": name,
        "evidence": [{"reference": "公益性岗位聘用书2017-8"}],
        "appointed_on": on,
    }
    said = {"role": Role.SERVICE_CENTRE, "subject": "clerk", **other}
    return await post(registry, "/finance-officers", body, **said)


async def _end(registry: ServiceUnderTest, who: str, cause: str, on: str, subject: str = "head") -> httpx.Response:
    body = {"cause": cause, "ended_on": on, "reason": "经镇核实"}
    return await post(registry, f"/finance-officers/{who}/terminations", body, Role.TOWNSHIP, subject=subject)


async def _serving(registry: ServiceUnderTest, on: str) -> dict[str, str]:
    answer = await get(registry, f"/finance-officers?region_code={COUNTY}&as_of={on}", Role.BANK, region=COUNTY)
    return {each["village_code"]: each["officer_name"] for each in answer.json()["items"]}


async def _coverage(registry: ServiceUnderTest, on: str) -> tuple[int, int, list[str]]:
    path = f"/finance-officers/coverage?region_code={COUNTY}&as_of={on}"
    shown = (await get(registry, path, Role.SERVICE_CENTRE)).json()
    return shown["village_count"], shown["served_count"], shown["missing"]


@pytest.mark.clause("FJ-7(b)")
async def test_villages_without_a_finance_officer_are_listed_day_by_day(registry: ServiceUnderTest) -> None:
    first = await _appoint(registry)
    assert first.status_code == 201, first.text
    assert (await _appoint(registry, OTHER_VILLAGE, "2017-05-01", "王四")).status_code == 201
    assert await _coverage(registry, "2017-02-28") == (2, 0, [VILLAGE, OTHER_VILLAGE])
    assert await _coverage(registry, "2017-03-01") == (2, 1, [OTHER_VILLAGE])
    assert await _coverage(registry, "2017-05-01") == (2, 2, [])
    assert (await _end(registry, first.json()["id"], "left", "2017-06-01")).status_code == 201
    assert await _coverage(registry, "2017-05-31") == (2, 2, [])
    assert await _coverage(registry, "2017-06-01") == (2, 1, [VILLAGE])


@pytest.mark.clause("FJ-7(b)")
async def test_a_village_has_one_finance_officer_at_a_time(registry: ServiceUnderTest) -> None:
    assert (await _appoint(registry)).status_code == 201
    assert refused(await _appoint(registry, on="2017-03-01", name="赵五")) == (409, "later-officer-serves")
    assert (await _appoint(registry, on="2018-01-01", name="赵五")).status_code == 201
    assert await _serving(registry, "2017-12-31") == {VILLAGE: "李三妹"}
    assert await _serving(registry, "2018-01-01") == {VILLAGE: "赵五"}


async def test_who_was_recorded_wrongly_never_served_and_whom_that_replaced_serves_on(
    registry: ServiceUnderTest,
) -> None:
    await _appoint(registry)
    wrong = (await _appoint(registry, on="2018-01-01", name="赵五")).json()["id"]
    assert refused(await _end(registry, wrong, "recorded_wrongly", "2018-02-01", "clerk")) == (403, "maker-is-checker")
    ended = await _end(registry, wrong, "recorded_wrongly", "2018-02-01")
    assert (ended.json()["ended_on"], ended.json()["end_cause"]) == ("2018-01-01", "recorded_wrongly")
    assert await _serving(registry, "2018-01-15") == {VILLAGE: "李三妹"}
    assert refused(await _end(registry, wrong, "left", "2018-03-01")) == (409, "officer-serves-no-more")


async def test_only_villages_that_exist_have_one_and_only_their_own_offices_appoint(registry: ServiceUnderTest) -> None:
    assert refused(await _appoint(registry, "500236001")) == (422, "officer-needs-village")
    await registry.database.pool.execute("UPDATE region SET valid_until = '2017-03-01' WHERE code = $1", OTHER_VILLAGE)
    assert refused(await _appoint(registry, OTHER_VILLAGE)) == (422, "officer-needs-village")
    assert await _coverage(registry, "2017-03-01") == (1, 0, [VILLAGE])
    elsewhere = await _appoint(registry, role=Role.TOWNSHIP, region=OTHER_VILLAGE[:9])
    assert elsewhere.json()["code"] == "outside-region"
    assert refused(await _appoint(registry, role=Role.VILLAGE)) == (403, "right-missing")
    served = (await _appoint(registry)).json()["id"]
    assert refused(await _end(registry, served, "left", "2017-02-28")) == (422, "date-before-step")
    assert refused(await _end(registry, UNKNOWN, "left", "2018-05-01")) == (404, "finance-officer-unknown")
