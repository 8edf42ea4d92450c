"""A household that may not borrow yet is given the reason in words, and that is recorded and can be taken back."""

from typing import Any

import pytest

from services.lending.tests.applications.conftest import BANK, VILLAGE, Lending, lending, loan_request, pack
from shared.access import Role

__all__ = ["lending", "pack"]
SAID = {"explained_on": "2017-01-10", "channel": "in_person", "words": "年龄超过65周岁，可由儿子申请。"}


async def _refused(lending: Lending) -> str:
    number = f"{VILLAGE}-2"
    lending.registry.reasons[number] = ["age-above-maximum"]
    filed = await lending.file(loan_request(f"{VILLAGE}-1"), loan_request(number))
    return str(filed["refusals"][0]["application_id"])


async def _explain(lending: Lending, application: str, role: Role = Role.TOWNSHIP, **more: Any) -> Any:
    organisation = BANK if role is Role.BANK else None
    path = f"/applications/{application}/explanations"
    return await lending.post(path, {**SAID, **more}, role, subject="clerk", organisation=organisation)


async def _unexplained(lending: Lending, as_of: str = "2017-01-12") -> list[tuple[str, int]]:
    items = (await lending.get(f"/unexplained-refusals?as_of={as_of}")).json()["items"]
    return [(item["id"], item["days_waiting"]) for item in items]


@pytest.mark.clause("DZ-4")
async def test_it_is_recorded_who_explained_a_refusal_when_how_and_in_which_words(lending: Lending) -> None:
    application = await _refused(lending)
    assert await _unexplained(lending) == [(application, 3)]
    said = await _explain(lending, application)
    assert said.status_code == 201, said.text
    [kept] = (await lending.get(f"/applications/{application}/explanations")).json()["items"]
    assert kept == said.json()
    assert {name: kept[name] for name in SAID} == SAID
    assert (kept["explained_by"], kept["explained_as"], kept["withdrawn_on"]) == ("clerk", "township", None)
    assert await _unexplained(lending) == []
    assert await _unexplained(lending, "2017-01-09") == [(application, 0)]
    report = (await lending.get("/reports/lending?region_code=500236&as_of=2017-01-31", Role.AUDITOR)).json()
    assert (report["applications_refused"], report["refusals_explained"]) == (1, 1)


@pytest.mark.clause("DZ-4")
async def test_the_bank_may_explain_too_and_other_offices_may_not(lending: Lending) -> None:
    application = await _refused(lending)
    assert (await _explain(lending, application, Role.BANK)).json()["explained_as"] == "bank"
    assert (await _explain(lending, application, Role.VILLAGE)).json()["code"] == "right-missing"
    assert (
        await lending.post(f"/applications/{application}/explanations", SAID, Role.BANK, organisation="OTHER")
    ).json()["code"] == "application-unknown"


async def test_only_a_refusal_is_explained_and_not_before_it_happened(lending: Lending) -> None:
    application = await _refused(lending)
    early = await _explain(lending, application, explained_on="2017-01-08")
    assert early.json()["code"] == "date-before-step"
    [filed] = await lending.ids_of(f"{VILLAGE}-1")
    assert (await _explain(lending, filed)).json()["code"] == "application-not-refused"


async def test_another_person_takes_a_wrong_record_back_and_the_refusal_waits_again(lending: Lending) -> None:
    application = await _refused(lending)
    path = f"/explanations/{(await _explain(lending, application)).json()['id']}/withdrawals"
    body = {"withdrawn_on": "2017-01-11", "reason": "实际未告知本人"}
    own = await lending.post(path, body, Role.SERVICE_CENTRE, subject="clerk")
    assert own.json()["code"] == "maker-is-checker"
    early = await lending.post(path, {**body, "withdrawn_on": "2017-01-09"}, Role.SERVICE_CENTRE)
    assert early.json()["code"] == "date-before-step"
    taken = await lending.post(path, body, Role.SERVICE_CENTRE, subject="centre")
    assert (taken.status_code, taken.json()["withdrawn_by"]) == (201, "centre")
    assert (await lending.post(path, body, Role.SERVICE_CENTRE, subject="other")).json()["code"] == (
        "explanation-withdrawn"
    )
    assert await _unexplained(lending) == [(application, 3)]
    assert await _unexplained(lending, "2017-01-10") == []
    unknown = path.replace(path.split("/")[2], application)
    assert (await lending.post(unknown, body, Role.SERVICE_CENTRE)).json()["code"] == "explanation-unknown"
