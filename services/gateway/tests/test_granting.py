"""Who may give which grant: inside the giver's regions and roles, never to oneself (SX-7)."""

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.accounts.refusals import GrantOutsideRegion, GrantToOneself, RoleNotGrantable
from services.gateway.accounts.rules.granting import ROLES_GIVEN_BY, ensure_may_grant, ensure_not_oneself
from services.gateway.tests.test_accounts import PASSWORD, first_admin, gateway_headers, signed_in
from services.gateway.tests.test_regions import changed
from shared.access import RIGHTS, Grant, Principal, Right, Role
from shared.testing.service import ServiceUnderTest, StartService

TOWNSHIP, COUNTY, SISTER_COUNTY = "500236001", "500236", "500235"
REGIONS = ("", "50", "5002", COUNTY, TOWNSHIP, "500236001201", "500236002", SISTER_COUNTY, "41")
grants = st.builds(Grant, st.sampled_from(Role), st.sampled_from(REGIONS))


@given(st.lists(grants, max_size=4), st.lists(grants, min_size=1, max_size=4))
def test_grants_pass_exactly_when_each_lies_within_what_the_giver_hands_out(
    held: list[Grant], wanted: list[Grant]
) -> None:
    giver = Principal("id", "giver", tuple(held))
    own_regions = [each.region for each in held if each.role is Role.ADMIN]
    for grant in wanted:
        refusal: type[Exception] | None = None
        if grant.role is Role.SERVICE or not own_regions:
            refusal = RoleNotGrantable
        elif not any(grant.region[: len(region)] == region for region in own_regions):
            refusal = GrantOutsideRegion
        if refusal is not None:
            with pytest.raises(refusal):
                ensure_may_grant(giver, wanted)
            return
    ensure_may_grant(giver, wanted)


def test_who_manages_people_hands_out_roles_and_nobody_hands_out_the_platforms_own() -> None:
    assert set(ROLES_GIVEN_BY) == RIGHTS[Right.PEOPLE_MANAGE]
    assert all(Role.SERVICE not in roles for roles in ROLES_GIVEN_BY.values())


def test_nobody_grants_to_the_own_account() -> None:
    giver = Principal("id", "giver", (Grant(Role.ADMIN, ""),))
    with pytest.raises(GrantToOneself):
        ensure_not_oneself(giver, "giver")
    ensure_not_oneself(giver, "somebody.else")


@pytest.fixture
async def gateway(start_service: StartService, monkeypatch: pytest.MonkeyPatch) -> ServiceUnderTest:
    """Start the gateway with an administrator of one township and one of the sister county."""
    monkeypatch.setattr("services.gateway.callers.current.FRESH_SECONDS", 0.0)
    gateway = await start_service("gateway")
    national = await first_admin(gateway)
    people = [person("admin.township", Role.ADMIN, TOWNSHIP), person("admin.sister", Role.ADMIN, SISTER_COUNTY)]
    answer = await post(gateway, national, "people", {"people": people})
    assert answer.status_code == 201, answer.text
    return gateway


def person(username: str, role: Role, region: str) -> dict[str, Any]:
    return {"username": username, "display_name": "干部", "password": PASSWORD, "grants": [grant(role, region)]}


def client(client_id: str, role: Role, region: str) -> dict[str, Any]:
    body = {"client_id": client_id, "display_name": "接口", "client_secret": PASSWORD, "organisation": "RCB"}
    return {**body, "grants": [grant(role, region)]}


def grant(role: Role, region: str) -> dict[str, str]:
    return {"role": role, "region": region}


async def post(gateway: ServiceUnderTest, token: str, path: str, body: Any) -> httpx.Response:
    return await gateway.client.post(f"/api/v1/{path}", json=body, headers=gateway_headers(gateway, token))


async def token_of(gateway: ServiceUnderTest, username: str) -> str:
    return (await signed_in(gateway, username))["access_token"]


async def grants_of(gateway: ServiceUnderTest, username: str) -> list[tuple[str, str]]:
    rows = await gateway.database.pool.fetch(
        "SELECT g.role, g.region FROM account_grant g JOIN account a ON a.id = g.account_id WHERE a.username = $1 "
        "ORDER BY g.role, g.region",
        username,
    )
    return [tuple(row) for row in rows]


async def test_a_township_administrator_makes_himself_nothing(gateway: ServiceUnderTest) -> None:
    token = await token_of(gateway, "admin.township")
    national = [grant(role, "") for role in (Role.SERVICE, Role.FINANCE_BUREAU, Role.POVERTY_OFFICE)]
    for wanted in (national, [grant(Role.TOWNSHIP, TOWNSHIP)]):
        answer = await post(gateway, token, "grants", {"username": "admin.township", "grants": wanted})
        assert (answer.status_code, answer.json()["code"]) == (403, "grant-to-oneself")
    assert await grants_of(gateway, "admin.township") == [("admin", TOWNSHIP)]
    lookup = await gateway.client.post("/api/v1/account-lookups", json={}, headers=gateway_headers(gateway, token))
    assert (lookup.status_code, lookup.json()["code"]) == (403, "right-missing")


async def test_a_county_administrator_makes_no_national_accounts(gateway: ServiceUnderTest) -> None:
    token = await token_of(gateway, "admin.sister")
    for path, body in (
        ("people", {"people": [person("new.admin", Role.ADMIN, "")]}),
        ("people", {"people": [person("new.officer", Role.AUDITOR, "50")]}),
        ("people", {"people": [person("in.region", Role.AUDITOR, SISTER_COUNTY), person("out", Role.BANK, COUNTY)]}),
        ("api-clients", client("new.client", Role.BANK, COUNTY)),
        ("grants", {"username": "admin.township", "grants": [grant(Role.ADMIN, "")]}),
    ):
        answer = await post(gateway, token, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "grant-outside-region"), answer.text
        assert answer.json()["values"]["own_regions"] == [SISTER_COUNTY]
    names = await gateway.database.pool.fetch("SELECT username FROM account ORDER BY username")
    assert [row["username"] for row in names] == ["admin", "admin.sister", "admin.township"]


async def test_nobody_hands_out_the_platforms_own_role(gateway: ServiceUnderTest) -> None:
    token = await first_admin(gateway)
    for path, body in (
        ("people", {"people": [person("machine", Role.SERVICE, "")]}),
        ("api-clients", client("machine", Role.SERVICE, TOWNSHIP)),
        ("grants", {"username": "admin.township", "grants": [grant(Role.SERVICE, TOWNSHIP)]}),
    ):
        answer = await post(gateway, token, path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "role-not-grantable"), answer.text
        assert answer.json()["values"] == {"role": "service"}


async def test_an_administrator_gives_grants_inside_the_own_region(gateway: ServiceUnderTest) -> None:
    token = await token_of(gateway, "admin.township")
    made = await post(gateway, token, "people", {"people": [person("clerk", Role.TOWNSHIP, TOWNSHIP)]})
    program = await post(gateway, token, "api-clients", client("bank.client", Role.BANK, TOWNSHIP))
    more = await post(gateway, token, "grants", {"username": "clerk", "grants": [grant(Role.VILLAGE, "500236001201")]})
    assert (made.status_code, program.status_code, more.status_code) == (201, 201, 201)
    assert await grants_of(gateway, "clerk") == [("township", TOWNSHIP), ("village", "500236001201")]


async def test_an_administrator_whose_region_was_recoded_gives_grants_on_the_new_code(
    gateway: ServiceUnderTest,
) -> None:
    await gateway.deliver(changed("recode", (TOWNSHIP, "500236301")))
    token = await token_of(gateway, "admin.township")
    made = await post(gateway, token, "people", {"people": [person("clerk", Role.TOWNSHIP, "500236301")]})
    assert made.status_code == 201, made.text
    outside = await post(gateway, token, "people", {"people": [person("other", Role.TOWNSHIP, "500236302")]})
    assert (outside.status_code, outside.json()["code"]) == (403, "grant-outside-region")
