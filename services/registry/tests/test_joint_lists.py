"""Joint incentives and sanctions: who keeps faith and who breaks it, why, by which office, until when (ZJ-8)."""

from typing import Any

import httpx
import pytest

from services.registry.tests.conftest import load_regions
from services.registry.tests.county import COUNTY, PACK_TEXT, events, get, post
from services.registry.tests.entity_steps import registered_entity
from services.registry.tests.listing_steps import (
    EVIDENCE,
    UNKNOWN,
    decide,
    effects_of,
    entry_file,
    plea,
    proposal,
    put_on_list,
)
from services.registry.tests.rating_county import Home, refused, settled
from shared.access import Role
from shared.events.registry import HouseholdListed
from shared.testing.service import ServiceUnderTest, StartService

JOINT = """
lists:
  incentives:
    value: [{code: faster-review, zh: 优先办理, en: Handled first}]
    assumed: true
    reason: Only in this test of the trust list.
  sanctions:
    value: [{code: no-honours, zh: 不得评优评先, en: No honours}, {code: watched, zh: 重点监管, en: Watched closely}]
    assumed: true
    reason: Only in this test of joint sanctions.
"""


async def _put_in_force(registry: ServiceUnderTest) -> None:
    await load_regions(registry)
    text = PACK_TEXT.replace("\nlists:\n", JOINT, 1)
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker")
    pack = await registry.client.post("/api/v1/policy-packs", content=text.encode(), headers=headers)
    assert pack.status_code == 201, pack.text
    path = f"/policy-packs/{pack.json()['id']}/confirmations"
    assert (await post(registry, path, None, Role.POVERTY_OFFICE, subject="checker")).status_code == 201


@pytest.fixture
async def county(start_service: StartService) -> ServiceUnderTest:
    """Return a registry whose pack names joint incentives and sanctions."""
    return await start_service("registry", prepared=_put_in_force)


async def _propose(registry: ServiceUnderTest, **other: Any) -> httpx.Response:
    body = {
        "reason": "连续三年按时还款",
        "evidence": EVIDENCE,
        "valid_from": "2018-01-01",
        "valid_until": "2019-01-01",
        **other,
    }
    return await post(registry, "/commendations", body, Role.TOWNSHIP, subject="zhao")


async def _decided(
    registry: ServiceUnderTest, entry: str, decision: str = "confirm", subject: str = "qian"
) -> httpx.Response:
    body = {"decision": decision, "reason": "核对属实", "decided_on": "2018-01-10"}
    return await post(registry, f"/commendations/{entry}/decisions", body, Role.POVERTY_OFFICE, subject=subject)


async def _ended(registry: ServiceUnderTest, entry: str, subject: str, on: str = "2018-06-01") -> httpx.Response:
    body = {"ended_on": on, "reason": "出现逾期"}
    return await post(registry, f"/commendations/{entry}/terminations", body, Role.POVERTY_OFFICE, subject=subject)


async def _trusted(registry: ServiceUnderTest, as_of: str) -> list[dict[str, Any]]:
    answer = await get(registry, f"/commendations?region_code={COUNTY}&as_of={as_of}", Role.TOWNSHIP)
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.clause("ZJ-8(a)")
async def test_an_entry_names_its_office_and_ends_by_its_own_term(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    listing = await put_on_list(registry, household, ends_on="2019-08-10")  # by the poverty office on 2018-08-10
    [(listed, _)] = await events(registry, HouseholdListed)
    assert str(listed.ends_on) == "2019-08-10"
    found = await entry_file(registry, listing)
    assert (found["reason"], found["office"], found["ends_on"]) == ("转移财产逃避还款", "poverty_office", "2019-08-10")
    assert (found["state"], found["cleared_on"], found["clear_cause"]) == ("cleared", "2019-08-10", "term_ended")
    assert [(await effects_of(registry, household, day))["clear"] for day in ("2019-08-09", "2019-08-10")] == [
        False,
        True,
    ]
    states = []
    for day in ("2019-08-09", "2019-08-10"):
        path = f"/listings?region_code={COUNTY}&as_of={day}"
        states.append([each["state"] for each in (await get(registry, path, Role.TOWNSHIP)).json()["items"]])
    assert states == [["listed"], []]
    again = await post(registry, "/listing-proposals", proposal(household, filed_on="2019-09-01"), Role.TOWNSHIP)
    assert again.status_code == 201, again.text
    accepted = await decide(registry, again.json()["id"], "accept", "2019-09-02", subject="qian")
    assert accepted.status_code == 201, accepted.text


async def test_an_appeal_before_the_term_ends_the_entry_and_one_after_it_is_refused(registry: ServiceUnderTest) -> None:
    first, second = await settled(registry, [Home(), Home()])
    early = await put_on_list(registry, first, ends_on="2019-08-10")
    late = await put_on_list(registry, second, ends_on="2019-08-10")
    filed = await post(registry, f"/listings/{early}/appeals", plea(), Role.TOWNSHIP)
    assert (await decide(registry, filed.json()["id"], "accept", "2018-10-01")).status_code == 201
    found = await entry_file(registry, early)
    assert (found["cleared_on"], found["clear_cause"]) == ("2018-10-01", "appeal_accepted")
    over = await post(registry, f"/listings/{late}/appeals", plea("2019-08-10"), Role.TOWNSHIP)
    assert refused(over) == (409, "listing-cleared")


async def test_an_end_before_the_proposal_is_refused(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    wrong = await post(registry, "/listing-proposals", proposal(household, ends_on="2018-08-01"), Role.TOWNSHIP)
    assert wrong.json()["code"] == "period-empty"


@pytest.mark.clause("ZJ-8(a)")
async def test_the_trust_list_names_reason_office_and_end(registry: ServiceUnderTest) -> None:
    [household] = await settled(registry, [Home()])
    entity = await registered_entity(registry)
    proposed = await _propose(registry, household_id=household)
    assert proposed.status_code == 201, proposed.text
    entry = proposed.json()["id"]
    assert refused(await _ended(registry, entry, "li")) == (409, "commendation-decided")
    assert refused(await _decided(registry, entry, subject="zhao")) == (403, "maker-is-checker")
    confirmed = await _decided(registry, entry)
    assert (confirmed.json()["office"], confirmed.json()["is_in_force"]) == ("poverty_office", True)
    assert refused(await _decided(registry, entry)) == (409, "commendation-decided")
    other = (await _propose(registry, entity_id=entity)).json()["id"]
    assert (await _decided(registry, other, "reject")).json()["state"] == "rejected"
    counted = [len(await _trusted(registry, day)) for day in ("2017-12-31", "2018-12-31", "2019-01-01")]
    assert counted == [0, 1, 0]
    assert refused(await _ended(registry, entry, "qian")) == (403, "maker-is-checker")
    assert (await _ended(registry, entry, "li")).status_code == 201
    assert [len(await _trusted(registry, day)) for day in ("2018-05-31", "2018-06-01")] == [1, 0]
    assert refused(await _ended(registry, entry, "li")) == (409, "commendation-ended")
    assert refused(await _ended(registry, UNKNOWN, "li")) == (404, "commendation-unknown")


async def test_who_is_listed_is_not_commended(registry: ServiceUnderTest) -> None:
    listed, later = await settled(registry, [Home(), Home()])
    await put_on_list(registry, listed)
    assert refused(await _propose(registry, household_id=listed)) == (409, "listed-not-commended")
    waiting = (await _propose(registry, household_id=later)).json()["id"]
    await put_on_list(registry, later)
    assert refused(await _decided(registry, waiting)) == (409, "listed-not-commended")


@pytest.mark.clause("ZJ-8(b)")
async def test_what_follows_from_a_list_is_data_of_the_pack(county: ServiceUnderTest) -> None:
    trusted, evader = await settled(county, [Home(), Home()])
    entry = (await _propose(county, household_id=trusted)).json()["id"]
    await _decided(county, entry)
    [shown] = await _trusted(county, "2018-02-01")
    assert [(each["code"], each["zh"]) for each in shown["effects"]] == [("faster-review", "优先办理")]
    await put_on_list(county, evader)
    barred = [each["code"] for each in (await effects_of(county, evader, "2018-09-01"))["barred"]]
    assert barred[-2:] == ["no-honours", "watched"]
    assert "no-support" in barred


@pytest.mark.clause("ZJ-8(c)")
async def test_permits_and_penalties_stand_beside_the_entity(registry: ServiceUnderTest) -> None:
    entity = await registered_entity(registry)
    path = f"/implementing-entities/{entity}/public-records"
    permit = {
        "kind": "permit",
        "number": "黔织市监许2017-8",
        "title": "食品生产许可",
        "authority": "县市场监督管理局",
        "decided_on": "2017-02-01",
        "valid_until": "2022-02-01",
        "source": "信用中国",
    }
    penalty = {**permit, "kind": "penalty", "number": "罚2017-3", "title": "超范围经营", "decided_on": "2017-03-01"}
    for record in (permit, penalty):
        answer = await post(registry, path, record, Role.TOWNSHIP, subject="zhao")
        assert answer.status_code == 201, answer.text
    assert refused(await post(registry, path, permit, Role.TOWNSHIP)) == (409, "public-record-on-file")
    shown = (await get(registry, f"/implementing-entities/{entity}", Role.BANK_REGULATOR)).json()["public_records"]
    assert [(each["kind"], each["authority"]) for each in shown] == [
        ("penalty", "县市场监督管理局"),
        ("permit", "县市场监督管理局"),
    ]
    withdraw = f"/entity-public-records/{shown[0]['id']}/withdrawals"
    why = {"withdrawn_on": "2017-04-01", "reason": "属于同名企业"}
    own = await post(registry, withdraw, why, Role.POVERTY_OFFICE, subject="zhao")
    assert refused(own) == (403, "maker-is-checker")
    gone = await post(registry, withdraw, why, Role.POVERTY_OFFICE, subject="qian")
    assert gone.json()["public_records"][0]["withdraw_reason"] == "属于同名企业"
    again = await post(registry, withdraw, why, Role.POVERTY_OFFICE, subject="qian")
    assert refused(again) == (409, "public-record-withdrawn")
    assert (await post(registry, path, penalty, Role.TOWNSHIP)).status_code == 201
    unknown = await post(registry, f"/entity-public-records/{UNKNOWN}/withdrawals", why, Role.POVERTY_OFFICE)
    assert refused(unknown) == (404, "public-record-unknown")
