"""Sign-in, tokens, accounts: the right ones get in, the others get a clear refusal."""

import httpx
import pytest

from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService

PASSWORD = "mountain-river-2017"


@pytest.fixture
async def gateway(start_service: StartService) -> ServiceUnderTest:
    return await start_service("gateway")


async def created(gateway: ServiceUnderTest, username: str = "zhang.wei", role: Role = Role.TOWNSHIP) -> None:
    body = {
        "people": [
            {
                "username": username,
                "display_name": "张伟",
                "password": PASSWORD,
                "grants": [{"role": role, "region": "500236001"}],
            }
        ]
    }
    admin = await first_admin(gateway)
    answer = await gateway.client.post("/api/v1/people", json=body, headers=gateway_headers(gateway, admin))
    assert answer.status_code == 201, answer.text


async def first_admin(gateway: ServiceUnderTest) -> str:
    from services.gateway.accounts.actions import bootstrap_admin

    await bootstrap_admin(gateway.database, gateway.app.state.hasher, PASSWORD)
    return (await signed_in(gateway, "admin"))["access_token"]


def gateway_headers(gateway: ServiceUnderTest, token: str) -> dict[str, str]:
    return {**gateway.headers(Role.ADMIN), "Authorization": f"Bearer {token}"}


async def sign_in(gateway: ServiceUnderTest, username: str, password: str = PASSWORD) -> httpx.Response:
    form = {"grant_type": "password", "username": username, "password": password}
    return await gateway.client.post("/oauth/token", data=form)


async def signed_in(gateway: ServiceUnderTest, username: str) -> dict[str, str]:
    answer = await sign_in(gateway, username)
    assert answer.status_code == 200, answer.text
    tokens: dict[str, str] = answer.json()
    return tokens


async def test_a_person_signs_in_and_sees_grants_and_rights(gateway: ServiceUnderTest) -> None:
    await created(gateway)
    tokens = await signed_in(gateway, "zhang.wei")
    answer = await gateway.client.get("/api/v1/me", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert answer.json()["grants"] == [{"role": "township", "region": "500236001"}]
    assert "applications:file" in answer.json()["rights"]
    assert "people:manage" not in answer.json()["rights"]


async def test_a_wrong_password_and_an_unknown_account_look_the_same(gateway: ServiceUnderTest) -> None:
    await created(gateway)
    wrong = await sign_in(gateway, "zhang.wei", "not-the-password")
    unknown = await sign_in(gateway, "nobody.here")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["code"] == unknown.json()["code"] == "sign-in-refused"
    assert wrong.json()["detail"] == unknown.json()["detail"]


async def test_too_many_failures_are_slowed_down_even_with_the_right_password(gateway: ServiceUnderTest) -> None:
    await created(gateway)
    for _ in range(5):
        await sign_in(gateway, "zhang.wei", "not-the-password")
    answer = await sign_in(gateway, "zhang.wei")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-failures")


async def test_a_refresh_token_works_once_and_its_reuse_revokes_the_family(gateway: ServiceUnderTest) -> None:
    await created(gateway)
    first = (await signed_in(gateway, "zhang.wei"))["refresh_token"]

    async def refreshed(token: str) -> httpx.Response:
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return await gateway.client.post("/oauth/token", data=form)

    second = (await refreshed(first)).json()["refresh_token"]
    assert (await refreshed(first)).status_code == 401
    assert (await refreshed(second)).status_code == 401, "the thief's and the owner's tokens are both worthless now"


async def test_a_disabled_account_is_out_within_seconds(
    gateway: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.callers.current.FRESH_SECONDS", 0.0)
    await created(gateway)
    token = (await signed_in(gateway, "zhang.wei"))["access_token"]
    await gateway.database.pool.execute("UPDATE account SET state = 'disabled' WHERE username = 'zhang.wei'")
    answer = await gateway.client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "token-refused")


async def test_refuses_a_weak_password_and_a_taken_name(gateway: ServiceUnderTest) -> None:
    admin = await first_admin(gateway)
    person = {"username": "li.na", "display_name": "李娜", "grants": [{"role": "bank", "region": "500236"}]}
    weak = await gateway.client.post(
        "/api/v1/people",
        json={"people": [{**person, "password": "password1234"}]},
        headers=gateway_headers(gateway, admin),
    )
    assert (weak.status_code, weak.json()["code"]) == (422, "password-too-weak")
    for expected in (201, 409):
        answer = await gateway.client.post(
            "/api/v1/people",
            json={"people": [{**person, "password": PASSWORD}]},
            headers=gateway_headers(gateway, admin),
        )
        assert answer.status_code == expected
    assert answer.json()["code"] == "username-taken"


async def test_only_the_administrator_creates_people(gateway: ServiceUnderTest) -> None:
    await created(gateway)
    token = (await signed_in(gateway, "zhang.wei"))["access_token"]
    answer = await gateway.client.post("/api/v1/people", json={"people": []}, headers=gateway_headers(gateway, token))
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer x.y.z", "Basic YTpi", "Bearer " + "a" * 20_000])
async def test_a_request_without_a_right_token_is_401_with_a_problem(gateway: ServiceUnderTest, header: str) -> None:
    answer = await gateway.client.get("/api/v1/me", headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_writes_need_an_idempotency_key_and_repeat_the_first_answer(gateway: ServiceUnderTest) -> None:
    admin = await first_admin(gateway)
    client = {
        "client_id": "bank-api",
        "display_name": "银行接口",
        "client_secret": PASSWORD,
        "organisation": "rcb",
        "grants": [{"role": "bank", "region": "500236"}],
    }
    headers = gateway_headers(gateway, admin)
    without = {name: value for name, value in headers.items() if name != "Idempotency-Key"}
    missing = await gateway.client.post("/api/v1/api-clients", json=client, headers=without)
    assert (missing.status_code, missing.json()["code"]) == (400, "idempotency-key-missing")
    first = await gateway.client.post("/api/v1/api-clients", json=client, headers=headers)
    again = await gateway.client.post("/api/v1/api-clients", json=client, headers=headers)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    other = await gateway.client.post(
        "/api/v1/api-clients", json={**client, "display_name": "别的银行"}, headers=headers
    )
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    form = {"grant_type": "client_credentials", "client_id": "bank-api", "client_secret": PASSWORD}
    assert (await gateway.client.post("/oauth/token", data=form)).status_code == 200
