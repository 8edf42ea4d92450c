"""One register for the county centre, the township stations and the village points, each with its own part (FJ-7)."""

import pytest

from services.registry.tests.county import OTHER_VILLAGE, VILLAGE, get, post, registered, row
from shared.access import Role
from shared.testing.service import ServiceUnderTest


@pytest.mark.clause("FJ-7(a)", "SX-7")
async def test_county_township_and_village_work_on_the_same_register_each_in_its_own_part(
    registry: ServiceUnderTest,
) -> None:
    mine, other = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    levels = (
        (Role.SERVICE_CENTRE, "500236", {mine, other}),
        (Role.TOWNSHIP, "500236001", {mine}),
        (Role.VILLAGE, VILLAGE, {mine}),
        (Role.VILLAGE, OTHER_VILLAGE, {other}),
    )
    for role, region, expected in levels:
        seen = (await get(registry, f"/households?region_code={region}", role, region=region)).json()["items"]
        assert {each["id"] for each in seen} == expected, region
        beyond = [each for each in (mine, other) if each not in expected]
        for household in beyond:
            answer = await get(registry, f"/households/{household}", role, region=region)
            assert answer.status_code == 404, region


@pytest.mark.clause("FJ-7(c)")
async def test_what_the_village_point_collects_the_township_and_the_county_read_at_once(
    registry: ServiceUnderTest,
) -> None:
    (household,) = await registered(registry, row(1))
    codes = {"assets_value": 1, "income_annual": 60_000, "spending_annual": 20_000, "labourers": 2}
    answers = codes | {"migrant_workers": 1, "children_at_school": 0, "bad_records": 0}
    survey = {"household_id": household, "collected_on": "2018-01-10", "answers": answers}
    body = {"surveys": [survey]}
    collected = await post(registry, "/credit-surveys", body, Role.VILLAGE, region=VILLAGE)
    assert collected.status_code == 201, collected.text
    for role, region in ((Role.VILLAGE, VILLAGE), (Role.TOWNSHIP, "500236001"), (Role.SERVICE_CENTRE, "500236")):
        read = await get(registry, f"/households/{household}/credit-surveys", role, region=region)
        latest = read.json()[0]
        assert (latest["collected_on"], latest["answers"]["income_annual"]) == ("2018-01-10", "60000"), region
