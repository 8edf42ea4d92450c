"""The demonstration sends again what was not answered, under the same key, and says so."""

import httpx
import pytest

from tools.demo import session
from tools.demo.session import Caller, RequestFailed

BUSY = {"code": "for-a-moment", "detail": "try again"}


def _caller(answers: list[httpx.Response], seen: list[httpx.Request]) -> Caller:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json={"access_token": "t", "expires_in": 600})
        seen.append(request)
        return answers.pop(0)

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://gateway")
    return Caller(http, "finance.bureau", "secret")


async def test_what_was_not_answered_is_sent_again_under_its_key_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(session, "BACKOFF_SECONDS", 0)
    seen: list[httpx.Request] = []
    caller = _caller([httpx.Response(503, json=BUSY), httpx.Response(201, json={"id": 1})], seen)
    assert await caller.post("/payment-runs") == {"id": 1}
    first, second = (request.headers["Idempotency-Key"] for request in seen)
    assert first == second
    assert "POST /payment-runs: 503 for-a-moment" in capsys.readouterr().err


async def test_a_refusal_is_not_sent_again(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[httpx.Request] = []
    with pytest.raises(RequestFailed, match="409 never"):
        await _caller([httpx.Response(409, json={"code": "never"})], seen).post("/payment-runs")
    assert len(seen) == 1
    assert capsys.readouterr().err == ""
