"""Who an officer is: the account ids on records, given as names to whoever is signed in (LG-44)."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.gateway.tests.test_accounts import PASSWORD, first_admin, gateway_headers, signed_in
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest, StartService

TOWNSHIP = {"role": "township", "region": "500236001"}
COUNTY = {"role": "poverty_office", "region": "500236"}
AUDITOR = {"role": "auditor", "region": "50"}


@pytest.fixture
async def gateway(start_service: StartService) -> ServiceUnderTest:
    gateway = await start_service("gateway")
    await create(gateway, "people", {"people": [person("town.clerk", "乡镇经办", [TOWNSHIP])]})
    await create(gateway, "people", {"people": [person("county.officer", "县办经办", [TOWNSHIP, COUNTY])]})
    return gateway


def person(username: str, display_name: str, grants: list[dict[str, str]]) -> dict[str, Any]:
    return {"username": username, "display_name": display_name, "password": PASSWORD, "grants": grants}


async def create(gateway: ServiceUnderTest, what: str, body: dict[str, Any]) -> None:
    headers = gateway_headers(gateway, await first_admin(gateway))
    answer = await gateway.client.post(f"/api/v1/{what}", json=body, headers=headers)
    assert answer.status_code == 201, answer.text


async def create_client(gateway: ServiceUnderTest) -> None:
    client = {
        "client_id": "bank.rcb",
        "display_name": "农商行接口",
        "client_secret": PASSWORD,
        "organisation": "RCB",
        "grants": [{"role": "bank", "region": "500236"}],
    }
    await create(gateway, "api-clients", client)


async def id_of(gateway: ServiceUnderTest, username: str) -> str:
    return str(await gateway.database.pool.fetchval("SELECT id FROM account WHERE username = $1", username))


async def asked(gateway: ServiceUnderTest, token: str, *ids: str | UUID) -> httpx.Response:
    params = {"ids": [str(each) for each in ids]}
    return await gateway.client.get("/api/v1/people", params=params, headers={"Authorization": f"Bearer {token}"})


async def token_of(gateway: ServiceUnderTest, username: str) -> str:
    return (await signed_in(gateway, username))["access_token"]


@pytest.mark.clause("LG-44")
async def test_ids_become_names_in_the_order_asked_and_the_unknown_are_listed(gateway: ServiceUnderTest) -> None:
    clerk, officer, nobody = await id_of(gateway, "town.clerk"), await id_of(gateway, "county.officer"), str(new_id())
    answer = await asked(gateway, await token_of(gateway, "town.clerk"), officer, nobody, clerk, officer, nobody)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {
        "items": [
            {
                "id": officer,
                "display_name": "县办经办",
                "organisation": None,
                "roles": [COUNTY, TOWNSHIP],
                "is_active": True,
            },
            {
                "id": clerk,
                "display_name": "乡镇经办",
                "organisation": None,
                "roles": [TOWNSHIP],
                "is_active": True,
            },
        ],
        "unknown": [nobody],
    }
    assert "county.officer" not in answer.text, "the name one signs in with is half of a secret"


async def test_every_role_learns_the_names_wherever_it_is(gateway: ServiceUnderTest) -> None:
    far_away = {role: [{"role": str(role), "region": "511725"}] for role in Role if role is not Role.SERVICE}
    people = [person(f"far.{role}", "外县人员", grants) for role, grants in far_away.items()]
    await create(gateway, "people", {"people": people})
    clerk = await id_of(gateway, "town.clerk")
    for role in far_away:
        answer = await asked(gateway, await token_of(gateway, f"far.{role}"), clerk)
        assert [each["display_name"] for each in answer.json()["items"]] == ["乡镇经办"], role


async def test_an_api_client_asks_and_is_named_with_its_organisation(gateway: ServiceUnderTest) -> None:
    await create_client(gateway)
    form = {"grant_type": "client_credentials", "client_id": "bank.rcb", "client_secret": PASSWORD}
    token = (await gateway.client.post("/oauth/token", data=form)).json()["access_token"]
    answer = await asked(gateway, token, await id_of(gateway, "bank.rcb"), await id_of(gateway, "town.clerk"))
    named = [(each["display_name"], each["organisation"]) for each in answer.json()["items"]]
    assert named == [("农商行接口", "RCB"), ("乡镇经办", None)]


@pytest.mark.clause("LG-44")
async def test_who_has_left_is_still_named(gateway: ServiceUnderTest) -> None:
    await create(gateway, "people", {"people": [person("auditor", "审计人员", [AUDITOR])]})
    await gateway.database.pool.execute("UPDATE account SET state = 'disabled' WHERE username = 'town.clerk'")
    answer = await asked(gateway, await token_of(gateway, "auditor"), await id_of(gateway, "town.clerk"))
    (item,) = answer.json()["items"]
    assert (item["display_name"], item["roles"], item["is_active"]) == ("乡镇经办", [TOWNSHIP], False)


async def test_a_hundred_are_answered_at_once(gateway: ServiceUnderTest) -> None:
    ids = [new_id() for _ in range(99)]
    answer = await asked(gateway, await token_of(gateway, "town.clerk"), *ids, await id_of(gateway, "town.clerk"))
    assert answer.status_code == 200, answer.text
    assert answer.json()["unknown"] == [str(each) for each in ids]
    assert len(answer.json()["items"]) == 1


async def test_a_question_without_ids_with_too_many_or_with_none_is_refused_by_name(gateway: ServiceUnderTest) -> None:
    token = await token_of(gateway, "town.clerk")
    none = await asked(gateway, token)
    assert (none.status_code, none.json()["code"]) == (422, "nobody-asked-for")
    assert "send ids=<id>" in none.json()["detail"]
    many = await asked(gateway, token, *(new_id() for _ in range(101)))
    assert (many.status_code, many.json()["code"]) == (422, "too-many-asked-for")
    assert many.json()["values"] == {"count": 101, "most": 100}
    wrong = await asked(gateway, token, "town.clerk")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-request")


async def test_who_is_not_signed_in_learns_nothing(gateway: ServiceUnderTest) -> None:
    params = {"ids": await id_of(gateway, "town.clerk")}
    for headers in ({}, {"Authorization": "Bearer x.y.z"}, gateway.headers(Role.AUDITOR)):
        answer = await gateway.client.get("/api/v1/people", params=params, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "token-refused")
        assert "乡镇经办" not in answer.text


async def test_a_disabled_account_and_one_without_a_role_ask_in_vain(
    gateway: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.callers.current.FRESH_SECONDS", 0.0)
    clerk, officer = await token_of(gateway, "town.clerk"), await token_of(gateway, "county.officer")
    pool, officer_id = gateway.database.pool, await id_of(gateway, "county.officer")
    await pool.execute("UPDATE account SET state = 'disabled' WHERE username = 'town.clerk'")
    await pool.execute("DELETE FROM account_grant WHERE account_id = $1", UUID(officer_id))
    for token in (clerk, officer):
        answer = await asked(gateway, token, officer_id)
        assert (answer.status_code, answer.json()["code"]) == (401, "token-refused")
