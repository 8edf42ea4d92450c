"""Guessing a password at the gateway as deploy starts it: no header and no crowd of requests passes the limit."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from deploy.platform import Platform
from deploy.tokens import FIRST_ACCOUNT, access_token
from shared.access import Role
from shared.ids import new_id

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "mountain-river-2017"
GUESSES = 59


@pytest.fixture
async def http(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    """Connect to the gateway."""
    limits = httpx.Limits(max_connections=60)
    async with httpx.AsyncClient(
        base_url=platform.urls["gateway"], timeout=120.0, limits=limits, trust_env=False
    ) as client:
        yield client


async def officer_at(platform: Platform, http: httpx.AsyncClient) -> str:
    """Create an officer and return the account's name."""
    token = await asyncio.to_thread(access_token, platform.urls["gateway"], platform.data_dir, FIRST_ACCOUNT)
    username = f"officer.{new_id()}"
    grants = [{"role": Role.TOWNSHIP, "region": "500236001"}]
    person = {"username": username, "display_name": "乡镇经办", "password": PASSWORD, "grants": grants}
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
    answer = await http.post("/api/v1/people", json={"people": [person]}, headers=headers)
    assert answer.status_code == 201, answer.text
    return username


async def sign_in(http: httpx.AsyncClient, username: str, password: str, claimed_source: str) -> httpx.Response:
    """Sign in, pretending to come from somewhere."""
    form = {"grant_type": "password", "username": username, "password": password}
    return await http.post("/oauth/token", data=form, headers={"X-Forwarded-For": claimed_source})


async def sources_of(platform: Platform, username: str) -> list[tuple[str, str]]:
    """Return what the access log says of an account's sign-ins, in order."""
    connection = await asyncpg.connect(platform.env["RECONCILE_GATEWAY_DATABASE_URL"])
    try:
        rows = await connection.fetch("SELECT what, source FROM access_log WHERE username = $1 ORDER BY id", username)
    finally:
        await connection.close()
    return [tuple(row) for row in rows]


async def test_neither_a_forged_header_nor_many_requests_at_once_pass_the_limit(
    platform: Platform, http: httpx.AsyncClient
) -> None:
    username = await officer_at(platform, http)
    answers = await asyncio.gather(
        *(sign_in(http, username, f"guess-{number}", f"203.0.113.{number}") for number in range(GUESSES))
    )
    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * (GUESSES - 5)
    right = await sign_in(http, username, PASSWORD, "203.0.113.99")
    assert (right.status_code, right.json()["code"]) == (429, "too-many-failures")
    assert 0 < int(right.headers["Retry-After"]) <= 15 * 60
    assert await sources_of(platform, username) == [("sign-in-failed", "127.0.0.1")] * 5


async def test_behind_a_trusted_proxy_the_source_is_what_the_proxy_adds(
    platform: Platform, http: httpx.AsyncClient
) -> None:
    username = await officer_at(platform, http)
    await asyncio.to_thread(platform.restart, "gateway", {"GATEWAY_TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8"})
    try:
        for _ in range(5):
            await sign_in(http, username, "wrong", "198.51.100.1, 203.0.113.7, 10.2.3.4")
        locked = await sign_in(http, username, PASSWORD, "198.51.100.2, 203.0.113.7")
        other = await sign_in(http, username, PASSWORD, "203.0.113.8")
    finally:
        await asyncio.to_thread(platform.restart, "gateway")
    assert (locked.status_code, other.status_code) == (429, 200)
    failed = [("sign-in-failed", "203.0.113.7")] * 5
    assert await sources_of(platform, username) == [*failed, ("signed-in", "203.0.113.8")]
