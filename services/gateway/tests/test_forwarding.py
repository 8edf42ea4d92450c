"""What the gateway answers itself for a path under /api/v1: other methods, other paths, its own operations."""

import pytest

from services.gateway.tests.test_accounts import first_admin
from shared.testing.service import ServiceUnderTest, StartService


@pytest.fixture
async def gateway(start_service: StartService) -> ServiceUnderTest:
    return await start_service("gateway")


async def test_only_what_there_is_is_passed_on(gateway: ServiceUnderTest) -> None:
    bearer = {"Authorization": f"Bearer {await first_admin(gateway)}"}
    household = "/api/v1/households/01a20122-0000-7000-8000-000000000000"
    cases = [
        ("PUT", "/api/v1/loans", 405, "method-not-allowed", "GET"),
        ("DELETE", "/api/v1/loans", 405, "method-not-allowed", "GET"),
        ("HEAD", "/api/v1/loans", 405, "", "GET"),
        ("OPTIONS", "/api/v1/applications", 405, "method-not-allowed", "GET, POST"),
        ("TRACE", "/api/v1/me", 405, "method-not-allowed", "GET"),
        ("PUT", "/api/v1/people", 405, "method-not-allowed", "GET, POST"),
        ("GET", "/oauth/token", 405, "method-not-allowed", "POST"),
        ("GET", "/api/v1/nothing", 404, "no-such-operation", None),
        ("GET", "/api/v1/loans/", 404, "no-such-operation", None),
        ("GET", f"{household}/", 404, "no-such-operation", None),
        ("GET", f"{household}%2fdossier", 404, "no-such-operation", None),
        ("POST", "/oauth/token/", 404, "no-such-path", None),
    ]
    for method, path, status, code, allow in cases:
        answer = await gateway.client.request(method, path, headers=bearer)
        assert answer.status_code == status, f"{method} {path}: {answer.text}"
        assert method == "HEAD" or answer.json()["code"] == code, f"{method} {path}: {answer.text}"
        assert answer.headers.get("allow") == allow, f"{method} {path}"
        assert "location" not in answer.headers
