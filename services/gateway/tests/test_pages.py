"""The gateway's own pages: one OpenAPI document, docs that need no outside network, health and metrics."""

import re

import pytest

from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService


@pytest.fixture
async def gateway(start_service: StartService) -> ServiceUnderTest:
    return await start_service("gateway")


async def test_the_merged_document_has_every_services_operations(gateway: ServiceUnderTest) -> None:
    document = (await gateway.client.get("/openapi.json")).json()
    for path in ("/oauth/token", "/api/v1/households", "/api/v1/loans", "/api/v1/subsidy-batches", "/api/v1/claims"):
        assert path in document["paths"]
    names = set(document["components"]["schemas"])
    used = set(re.findall(r'"#/components/schemas/([^"]+)"', (await gateway.client.get("/openapi.json")).text))
    assert used <= names


async def test_the_docs_page_and_its_assets_come_from_this_machine(gateway: ServiceUnderTest) -> None:
    page = (await gateway.client.get("/docs")).text
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assets = re.findall(r"/docs-assets/[\w.-]+", page)
    assert len(assets) == 3
    for asset in assets:
        assert (await gateway.client.get(asset)).status_code == 200


async def test_alive_ready_and_measured(gateway: ServiceUnderTest) -> None:
    assert (await gateway.client.get("/livez")).json() == {"state": "alive", "service": "gateway"}
    ready = await gateway.client.get("/readyz")
    assert (ready.status_code, ready.json()["parts"]["database"]) == (200, "ok")
    await gateway.client.get("/api/v1/me")
    measured = (await gateway.client.get("/metrics")).text
    assert re.search(r'http_requests_total\{method="GET",route="[^"]*/me",status="401"\} [1-9]', measured)


async def test_a_trace_that_comes_in_stands_in_the_answer(gateway: ServiceUnderTest) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01", "X-Request-ID": "request-0001"}
    answer = await gateway.client.get("/api/v1/loans", headers=headers)
    assert answer.json()["trace_id"] == trace_id
    assert answer.headers["x-request-id"] == "request-0001"
    other = await gateway.client.get("/api/v1/loans", headers={"traceparent": "not-a-trace"})
    assert re.fullmatch(r"[0-9a-f]{32}", other.json()["trace_id"])


async def test_a_token_that_names_no_account_is_refused(gateway: ServiceUnderTest) -> None:
    answer = await gateway.client.get("/api/v1/loans", headers=gateway.headers(Role.ADMIN))
    assert (answer.status_code, answer.json()["code"]) == (401, "token-refused")
