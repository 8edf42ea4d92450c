"""Village committees send the lending bank news of its borrowers, and it is seen what waits for an answer."""

from typing import Any

import pytest

from services.lending.tests.county import County
from services.lending.tests.loans.conftest import county
from shared.access import Role

__all__ = ["county"]
NEWS = {
    "news_kind": "illness",
    "observed_on": "2017-05-02",
    "sent_on": "2017-05-04",
    "words": "借款人住院，蘑菇大棚无人照看。",
}


async def _send(county: County, loan: dict[str, Any], role: Role = Role.VILLAGE, **more: Any) -> Any:
    path = f"/api/v1/loans/{loan['id']}/borrower-news"
    return await county.post(path, {**NEWS, **more}, role=role, subject="village")


async def _open(county: County, as_of: str, role: Role = Role.BANK, bank: str = "fjrcb") -> list[tuple[str, int, int]]:
    answer = await county.get(f"/api/v1/borrower-news?is_open=true&as_of={as_of}", role=role, bank=bank)
    return [(each["id"], each["days_to_send"], each["days_waiting"]) for each in answer.json()["items"]]


@pytest.mark.clause("JN-5(c)")
async def test_the_bank_has_the_villages_news_until_it_answers_and_the_days_are_seen(county: County) -> None:
    loan = await county.lend()
    sent = await _send(county, loan)
    assert sent.status_code == 201, sent.text
    number = sent.json()["id"]
    assert await _open(county, "2017-05-03") == []
    assert await _open(county, "2017-05-10") == [(number, 2, 6)]
    assert await _open(county, "2017-05-10", Role.SERVICE_CENTRE) == [(number, 2, 6)]
    assert await _open(county, "2017-05-10", bank="other") == []
    path, body = f"/api/v1/borrower-news/{number}/answers", {"answered_on": "2017-05-09", "answer": "已入户，拟展期。"}
    assert (await county.post(path, body, bank="other")).json()["code"] == "news-unknown"
    assert (await county.post(path, {**body, "answered_on": "2017-05-03"})).json()["code"] == "date-before-step"
    answered = await county.post(path, body)
    assert (answered.status_code, answered.json()["days_waiting"]) == (201, 5)
    assert await _open(county, "2017-05-10") == []
    assert await _open(county, "2017-05-08") == [(number, 2, 4)]
    assert (await county.post(path, body)).json()["code"] == "news-settled"


@pytest.mark.clause("JN-5(c)")
async def test_only_the_village_sends_it_and_the_township_takes_back_what_was_wrong(county: County) -> None:
    loan = await county.lend()
    assert (await _send(county, loan, Role.FINANCE_BUREAU)).json()["code"] == "right-missing"
    assert (await _send(county, loan, observed_on="2017-03-05")).json()["code"] == "date-before-step"
    assert (await _send(county, loan, sent_on="2017-05-01")).json()["code"] == "date-before-step"
    number = (await _send(county, loan)).json()["id"]
    path, body = f"/api/v1/borrower-news/{number}/withdrawals", {"withdrawn_on": "2017-05-05", "reason": "张冠李戴"}
    own = await county.post(path, body, role=Role.TOWNSHIP, subject="village")
    assert own.json()["code"] == "maker-is-checker"
    assert (await county.post(path, body, role=Role.TOWNSHIP, subject="town")).status_code == 201
    assert await _open(county, "2017-05-06") == []
    assert (await county.post(path, body, role=Role.TOWNSHIP, subject="town")).json()["code"] == "news-settled"
