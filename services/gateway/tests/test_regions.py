"""Events of changed codes arrive, grants follow them, and the administrator hears what people must decide."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from services.gateway.regions.queries import lineage_of
from services.gateway.regions.rules.lineage import Lineage, Succession
from services.gateway.regions.rules.widening import widened
from services.gateway.tests.histories import AS_OF, History, made_up
from services.gateway.tests.test_accounts import PASSWORD, first_admin, gateway_headers, signed_in
from shared.access import Grant, Principal, Role
from shared.db import Connection
from shared.events.registry import RegionChanged, RegionPair
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest, StartService
from shared.tokens import TokenVerifier

TOWNSHIP, RECODED = "500236001", "500236301"
FIRST, SECOND, MERGED = "500236002", "500236003", "500236302"


@pytest.fixture
async def gateway(start_service: StartService, monkeypatch: pytest.MonkeyPatch) -> ServiceUnderTest:
    """Start the gateway; grants and regions take effect at once."""
    monkeypatch.setattr("services.gateway.callers.current.FRESH_SECONDS", 0.0)
    return await start_service("gateway")


def changed(kind: Any, *pairs: tuple[str, str], on: date = date(2024, 1, 1)) -> RegionChanged:
    """Return the event of a change."""
    successions = tuple(RegionPair(from_code=source, to_code=target) for source, target in pairs)
    return RegionChanged(change_id=new_id(), kind=kind, effective_on=on, successions=successions)


async def officer(gateway: ServiceUnderTest, username: str, *grants: tuple[Role, str]) -> None:
    """Create a person with grants."""
    given = [{"role": role, "region": region} for role, region in grants]
    person = {"username": username, "display_name": "干部", "password": PASSWORD, "grants": given}
    await as_admin(gateway, "POST", "/people", {"people": [person]}, expected=201)


async def as_admin(
    gateway: ServiceUnderTest, method: str, path: str, body: Any = None, expected: int = 200
) -> dict[str, Any]:
    """Call the gateway as its administrator."""
    headers = gateway_headers(gateway, await first_admin(gateway))
    answer = await gateway.client.request(method, f"/api/v1{path}", json=body, headers=headers)
    assert answer.status_code == expected, answer.text
    answered: dict[str, Any] = answer.json()
    return answered


async def regions_of(gateway: ServiceUnderTest, username: str) -> list[str]:
    """Return the regions an account reaches now."""
    token = (await signed_in(gateway, username))["access_token"]
    answer = await gateway.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    return sorted({grant["region"] for grant in answer.json()["grants"]})


@pytest.mark.clause("SX-7")
async def test_officers_of_both_codes_reach_both_after_a_recode(gateway: ServiceUnderTest) -> None:
    await officer(gateway, "old.code", (Role.TOWNSHIP, TOWNSHIP))
    await officer(gateway, "new.code", (Role.TOWNSHIP, RECODED))
    await officer(gateway, "county", (Role.POVERTY_OFFICE, "500236"))
    await officer(gateway, "neighbour", (Role.TOWNSHIP, FIRST))
    event, event_id = changed("recode", (TOWNSHIP, RECODED)), new_id()
    for _ in range(2):
        await gateway.deliver(event, event_id=event_id)
    assert await regions_of(gateway, "old.code") == await regions_of(gateway, "new.code") == [TOWNSHIP, RECODED]
    assert await regions_of(gateway, "county") == ["500236"]
    assert await regions_of(gateway, "neighbour") == [FIRST]
    assert (await as_admin(gateway, "GET", "/ended-grants"))["items"] == []


async def test_a_change_that_arrives_twice_under_another_id_is_stored_once(gateway: ServiceUnderTest) -> None:
    event = changed("merge", (FIRST, MERGED), (SECOND, MERGED))
    await gateway.deliver(event)
    await gateway.deliver(event)
    rows = await gateway.database.pool.fetch("SELECT successor_count, predecessor_count FROM region_succession")
    assert [tuple(row) for row in rows] == [(1, 2), (1, 2)]


async def test_a_change_of_tomorrow_waits_for_its_day(gateway: ServiceUnderTest) -> None:
    await officer(gateway, "old.code", (Role.TOWNSHIP, TOWNSHIP))
    await gateway.deliver(changed("recode", (TOWNSHIP, RECODED), on=date(2199, 1, 1)))
    assert await regions_of(gateway, "old.code") == [TOWNSHIP]


async def test_the_administrator_finds_grants_on_merged_regions_until_a_successor_is_granted(
    gateway: ServiceUnderTest,
) -> None:
    for name, grants in {
        "first": [(Role.TOWNSHIP, FIRST)],
        "second": [(Role.TOWNSHIP, SECOND), (Role.VILLAGE, FIRST)],
        "village": [(Role.VILLAGE, FIRST + "201")],
        "both": [(Role.TOWNSHIP, FIRST), (Role.TOWNSHIP, MERGED)],
    }.items():
        await officer(gateway, name, *grants)
    await gateway.deliver(changed("merge", (FIRST, MERGED), (SECOND, MERGED)))
    assert await regions_of(gateway, "first") == [FIRST]
    listed = await as_admin(gateway, "GET", "/ended-grants")
    assert [(each["username"], each["role"], each["region"]) for each in listed["items"]] == [
        ("first", "township", FIRST),
        ("second", "township", SECOND),
        ("second", "village", FIRST),
    ]
    assert listed["items"][0]["successors"] == [MERGED]
    assert (listed["items"][0]["ended_on"], listed["next"]) == ("2024-01-01", None)
    await as_admin(gateway, "POST", "/grants", {"username": "first", "grants": [grant(MERGED)]}, expected=201)
    assert await regions_of(gateway, "first") == [FIRST, SECOND, MERGED]
    again = await as_admin(gateway, "GET", "/ended-grants")
    assert {each["username"] for each in again["items"]} == {"second"}


def grant(region: str, role: Role = Role.TOWNSHIP) -> dict[str, str]:
    """Return the body of a grant."""
    return {"role": role, "region": region}


async def test_ended_grants_come_page_by_page_and_go_through_later_changes(
    gateway: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.accounts.queries.CANDIDATES", 2)
    for number in range(5):
        region = (FIRST, TOWNSHIP)[number % 2]  # of two touched grants one has ended, the other goes on by itself
        await officer(gateway, f"officer.{number}", (Role.TOWNSHIP, region))
    await gateway.deliver(changed("recode", (TOWNSHIP, RECODED)))
    await gateway.deliver(changed("split", (FIRST, "500236303"), (FIRST, "500236304")))
    await gateway.deliver(changed("recode", ("500236303", "500236305")))
    seen, path = [], "/ended-grants?limit=2"
    while True:
        page = await as_admin(gateway, "GET", path)
        seen += page["items"]
        if page["next"] is None:
            break
        path = f"/ended-grants?limit=2&cursor={page['next']}"
    assert [each["username"] for each in seen] == ["officer.0", "officer.2", "officer.4"]
    assert {tuple(each["successors"]) for each in seen} == {("500236304", "500236305")}
    refused = await as_admin(gateway, "GET", "/ended-grants?cursor=nonsense", expected=422)
    assert refused["code"] == "cursor-invalid"


async def test_an_administrator_sees_the_ended_grants_of_the_own_region_only(gateway: ServiceUnderTest) -> None:
    other_county = "500235001"
    await officer(gateway, "here", (Role.TOWNSHIP, FIRST))
    await officer(gateway, "there", (Role.TOWNSHIP, other_county))
    for name, region in (("admin.here", FIRST[:6]), ("admin.there", "500235"), ("admin.above", "50")):
        await officer(gateway, name, (Role.ADMIN, region))
    for source in (FIRST, other_county):
        await gateway.deliver(changed("split", (source, source[:6] + "401"), (source, source[:6] + "402")))
    for name, expected in (("admin.here", ["here"]), ("admin.there", ["there"]), ("admin.above", ["here", "there"])):
        headers = gateway_headers(gateway, (await signed_in(gateway, name))["access_token"])
        answer = await gateway.client.get("/api/v1/ended-grants", headers=headers)
        assert [each["username"] for each in answer.json()["items"]] == expected


async def test_refuses_grants_to_nobody_grants_held_already_and_more_than_a_token_holds(
    gateway: ServiceUnderTest,
) -> None:
    await officer(gateway, "first", (Role.TOWNSHIP, FIRST))
    for body, expected, code in (
        ({"username": "nobody", "grants": [grant(MERGED)]}, 404, "account-unknown"),
        ({"username": "first", "grants": [grant(FIRST)]}, 409, "grants-held"),
        ({"username": "first", "grants": [grant(f"{n:012}") for n in range(600)]}, 409, "grants-too-many"),
        ({"username": "first", "grants": []}, 422, "invalid-request"),
    ):
        refused = await as_admin(gateway, "POST", "/grants", body, expected=expected)
        assert refused["code"] == code
    assert await regions_of(gateway, "first") == [FIRST]


async def test_only_the_administrator_sees_ended_grants_and_grants(gateway: ServiceUnderTest) -> None:
    await officer(gateway, "first", (Role.TOWNSHIP, FIRST))
    token = (await signed_in(gateway, "first"))["access_token"]
    headers = gateway_headers(gateway, token)
    body = {"username": "first", "grants": [grant("")]}
    answers: list[httpx.Response] = [
        await gateway.client.get("/api/v1/ended-grants", headers=headers),
        await gateway.client.post("/api/v1/grants", json=body, headers=headers),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "right-missing")}


async def _keep(conn: Connection, history: History) -> None:
    records = [tuple(getattr(each, name) for name in Succession.__slots__) for each in history.recorded]
    await conn.copy_records_to_table("region_succession", records=records)


async def test_a_service_takes_the_longest_token_that_widening_makes(gateway: ServiceUnderTest, keys_dir: Path) -> None:
    moved = [Succession(new_id(), AS_OF, f"500237{n:06}", f"500236{n:06}", 1, 1) for n in range(1500)]
    reach = widened([Grant(Role.POVERTY_OFFICE, "500236")], Lineage(moved, AS_OF))
    assert reach.left_out
    officer = Principal(str(new_id()), "officer", reach.grants, "O" * 64)
    token = gateway.signer.sign(officer, "lending", 60)
    assert TokenVerifier.from_directory(keys_dir, "lending").verify(token)[0] == officer


def _seen(history: History, grants: Sequence[Grant]) -> set[str]:
    return {code for code in history.became if any(code.startswith(each.region) for each in grants)}


async def test_what_the_index_finds_is_all_that_grants_need(gateway: ServiceUnderTest) -> None:
    for seed in range(60):
        history = made_up(Random(seed), seed % 14)
        whole = Lineage(history.recorded, AS_OF)
        async with gateway.database.connection() as conn:
            tried = conn.transaction()
            await tried.start()
            await _keep(conn, history)
            for region in history.became:
                given = [Grant(Role.TOWNSHIP, region)]
                found = widened(given, await lineage_of(conn, [region], AS_OF))
                assert _seen(history, found.grants) == _seen(history, widened(given, whole).grants), (seed, region)
            await tried.rollback()
