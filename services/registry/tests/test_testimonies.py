"""What the village says of a household: recorded together, the latest counts, another officer withdraws a wrong one."""

from typing import Any

import pytest

from services.registry.tests.asking_packs import governed_by
from services.registry.tests.county import COUNTY, VILLAGE, get, post, registered, resident_id, row
from services.registry.tests.family import change, changed, joined
from shared.access import Role
from shared.testing.service import ServiceUnderTest

GOOD = dict.fromkeys(("good_name", "no_bad_habits", "family_harmony", "willing_to_repay", "able_to_repay"), True)
WITHDRAWAL = {"valid_until": "2017-03-01", "reason": "乡镇核查，记录有误"}


async def _record(registry: ServiceUnderTest, *items: dict[str, Any], on: str = "2017-02-01", **who: Any) -> Any:
    body = {"valid_from": on, "items": items}
    role, region = who.pop("role", Role.VILLAGE), who.pop("region", VILLAGE)
    return await post(registry, "/testimonies", body, role, region=region, **who)


async def _reasons(registry: ServiceUnderTest, household: str, as_of: str) -> list[str]:
    item = {"household_id": household, "amount": "20000.00", "term_months": 12}
    answer = await post(registry, "/eligibility-checks", {"as_of": as_of, "items": [item]}, Role.SERVICE_CENTRE)
    assert answer.status_code == 200, answer.text
    return [reason["code"] for reason in answer.json()["items"][0]["reasons"]]


@pytest.fixture
async def asking(regional_registry: ServiceUnderTest) -> ServiceUnderTest:
    """Return a registry whose county asks what the village says, and does not ask for a rating."""
    asked = dict.fromkeys(("good_repute_required", "willing_and_able_required"), True)
    values = {f"eligibility__{key}": value for key, value in {**asked, "rating_required": False}.items()}
    return await governed_by(regional_registry, **values)


@pytest.mark.clause("MS-2(i)")
@pytest.mark.parametrize("lacking", ["good_name", "no_bad_habits", "family_harmony"])
async def test_who_has_no_good_repute_by_the_villages_record_does_not_borrow(
    asking: ServiceUnderTest, lacking: str
) -> None:
    good, poor = await registered(asking, row(1), row(2))
    assert await _reasons(asking, good, "2017-02-01") == ["repute-not-recorded"]
    items = ({"household_id": good, **GOOD}, {"household_id": poor, **GOOD, lacking: False, "reason": "邻里反映"})
    recorded = await _record(asking, *items, subject="secretary")
    assert (recorded.status_code, recorded.json()["recorded_count"]) == (201, 2)
    assert await _reasons(asking, good, "2017-02-01") == []
    assert await _reasons(asking, good, "2017-01-31") == ["repute-not-recorded"]
    assert await _reasons(asking, poor, "2017-02-01") == ["repute-not-good"]


@pytest.mark.clause("MS-2(f)")
@pytest.mark.parametrize("lacking", ["willing_to_repay", "able_to_repay"])
async def test_who_is_not_willing_or_not_able_to_repay_does_not_borrow(asking: ServiceUnderTest, lacking: str) -> None:
    [household] = await registered(asking, row(1))
    await _record(asking, {"household_id": household, **GOOD, lacking: False, "reason": "无收入来源"})
    assert await _reasons(asking, household, "2017-02-01") == ["repayment-doubtful"]
    await _record(asking, {"household_id": household, **GOOD}, on="2017-02-15")
    assert await _reasons(asking, household, "2017-02-14") == ["repayment-doubtful"]
    assert await _reasons(asking, household, "2017-02-15") == []


@pytest.mark.clause("MS-2(i)")
async def test_the_township_withdraws_what_the_village_recorded_wrongly(asking: ServiceUnderTest) -> None:
    [household] = await registered(asking, row(1))
    await _record(asking, {"household_id": household, **GOOD}, subject="secretary")
    bad = {"household_id": household, **GOOD, "good_name": False, "reason": "误听传言"}
    await _record(asking, bad, on="2017-02-10", subject="secretary")
    listed = (await get(asking, f"/households/{household}/testimonies", Role.TOWNSHIP)).json()["items"]
    assert [(each["good_name"], each["reason"]) for each in listed] == [(True, None), (False, "误听传言")]
    path = f"/testimonies/{listed[1]['id']}/withdrawals"
    own = await post(asking, path, WITHDRAWAL, Role.TOWNSHIP, subject="secretary")
    assert own.json()["code"] == "maker-is-checker"
    early = await post(asking, path, {**WITHDRAWAL, "valid_until": "2017-02-09"}, Role.TOWNSHIP, subject="clerk")
    assert early.json()["code"] == "date-before-step"
    withdrawn = await post(asking, path, WITHDRAWAL, Role.TOWNSHIP, subject="clerk")
    assert (withdrawn.status_code, withdrawn.json()["ended_by"]) == (201, "clerk")
    assert await _reasons(asking, household, "2017-02-28") == ["repute-not-good"]
    assert await _reasons(asking, household, "2017-03-01") == []
    again = await post(asking, path, WITHDRAWAL, Role.TOWNSHIP, subject="other")
    assert again.json()["code"] == "period-already-ended"


async def test_a_testimony_is_of_the_villages_own_households_each_once(registry: ServiceUnderTest) -> None:
    household, ended = await registered(registry, row(1), row(2))
    await changed(registry, change("household_ended", ended, end_reason="error"))
    good = {"household_id": household, **GOOD}
    twice = await _record(registry, good, good)
    assert twice.json()["code"] == "household-named-twice"
    elsewhere = await _record(registry, good, region="500236117202")
    assert elsewhere.json()["code"] == "households-unknown"
    gone = await _record(registry, {"household_id": ended, **GOOD}, on="2018-02-01")
    assert gone.json()["code"] == "household-has-ended"
    unexplained = await _record(registry, {**good, "good_name": False})
    assert unexplained.status_code == 422
    assert (await _record(registry, good, role=Role.HELPER)).json()["code"] == "right-missing"
    unknown = await post(registry, f"/testimonies/{household}/withdrawals", WITHDRAWAL, Role.TOWNSHIP)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "testimony-unknown")
    seen = await get(registry, f"/households/{household}/testimonies", Role.TOWNSHIP, region="500237")
    assert seen.json()["code"] == "households-unknown"


@pytest.mark.clause("JN-3(a)")
@pytest.mark.parametrize(("income", "found"), [(16_000, []), (16_001, ["income-above-maximum"])])
async def test_income_a_head_is_that_of_the_latest_survey(
    regional_registry: ServiceUnderTest, income: int, found: list[str]
) -> None:
    await governed_by(regional_registry, eligibility__income_per_head_max="4000.00", eligibility__rating_required=False)
    [household] = await registered(regional_registry, row(1, member_count=4, **{"indicator.income_annual": income}))
    assert COUNTY == "500236"
    assert await _reasons(regional_registry, household, "2017-02-01") == found


@pytest.mark.clause("JN-3(a)")
async def test_income_a_head_counts_the_members_of_the_day(regional_registry: ServiceUnderTest) -> None:
    await governed_by(regional_registry, eligibility__income_per_head_max="4000.00", eligibility__rating_required=False)
    [household] = await registered(regional_registry, row(1, member_count=4, **{"indicator.income_annual": 16_001}))
    await joined(regional_registry, household, 21, cause="recorded")  # one of the four
    child = await joined(
        regional_registry,
        household,
        20,
        cause="born",
        effective_on="2017-03-01",
        resident_id=resident_id(20, "20170301"),
    )
    left = change("member_left", household, member_id=child, left_reason="moved_out", effective_on="2017-06-01")
    await changed(regional_registry, left)
    days = ("2017-02-28", "2017-03-01", "2017-05-31", "2017-06-01")
    found = {day: await _reasons(regional_registry, household, day) for day in days}
    assert [day for day in days if not found[day]] == ["2017-03-01", "2017-05-31"]
    assert found["2017-02-28"] == found["2017-06-01"] == ["income-above-maximum"]
