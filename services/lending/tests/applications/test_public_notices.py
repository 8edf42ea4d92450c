"""Public notice over HTTP: the days, the objections, who may settle them, and what goes on (LG-12)."""

from typing import Any

import pytest

from services.lending.tests.applications.conftest import VILLAGE, Lending, loan_request
from services.lending.tests.applications.test_deciding import code
from shared.access import Role


async def _on_public_notice(lending: Lending, count: int = 2) -> tuple[str, list[str], dict[str, Any]]:
    filed = await lending.file(*(loan_request(f"{VILLAGE}-{number}") for number in range(count)))
    notice = await lending.bring_to_public_notice(filed["id"])
    return filed["id"], await lending.ids(filed["id"]), notice


async def _object(lending: Lending, application: str, on: str, **who: Any) -> Any:
    body = {"raised_on": on, "grounds": "名下有商品房"}
    return await lending.post(f"/applications/{application}/objections", body, Role.VILLAGE, **who)


async def _settle(lending: Lending, objection: str, on: str, outcome: str, **who: Any) -> Any:
    body = {"settled_on": on, "outcome": outcome, "reason": "入户核实"}
    return await lending.post(f"/objections/{objection}/settlements", body, Role.TOWNSHIP, **who)


@pytest.mark.clause("LG-12(b)")
async def test_a_notice_cannot_be_closed_before_its_end(lending: Lending) -> None:
    batch_id, _, notice = await _on_public_notice(lending)
    assert (notice["working_days"], notice["ends_on"], notice["application_count"]) == (5, "2017-01-17", 2)
    early = await lending.close(notice["id"], "2017-01-16")
    assert code(early) == (409, "public-notice-not-over")
    assert early.json()["values"]["ends_on"] == "2017-01-17"
    assert code(await lending.decide(batch_id, "township", "2017-01-16")) == (409, "wrong-stage")
    closed = (await lending.close(notice["id"], "2017-01-17")).json()
    assert (closed["advanced_count"], closed["remaining"], closed["is_complete"]) == (2, [], True)
    assert closed["states"] == {"township_review": 2}
    assert code(await lending.close(notice["id"], "2017-01-18")) == (409, "notice-closed")


@pytest.mark.clause("LG-12(c)", "LG-12(d)")
async def test_an_objection_keeps_its_application_and_stops_its_clock(lending: Lending) -> None:
    batch_id, (first, _second), notice = await _on_public_notice(lending)
    objection = await _object(lending, first, "2017-01-12")
    assert objection.status_code == 201

    closed = (await lending.close(notice["id"], "2017-01-17")).json()
    assert (closed["advanced_count"], closed["is_complete"]) == (1, False)
    assert closed["remaining"] == [
        {"application_id": first, "objections_open": 1, "public_notice_ends_on": "2017-01-17"}
    ]
    assert code(await lending.close(notice["id"], "2017-01-18")) == (409, "objections-open")

    settled = await _settle(lending, objection.json()["id"], "2017-01-18", "dismissed")
    assert settled.json()["public_notice_ends_on"] == "2017-01-23"  # four working days were left; the 22nd was one
    assert code(await lending.close(notice["id"], "2017-01-22")) == (409, "objections-open")
    closed = (await lending.close(notice["id"], "2017-01-23")).json()
    assert (closed["advanced_count"], closed["is_complete"]) == (1, True)
    shown = (await lending.get(f"/application-batches/{batch_id}")).json()
    assert shown["states"] == [{"state": "township_review", "count": 2, "amount": "100000.00"}]


@pytest.mark.clause("LG-12(d)", "DZ-4")
async def test_an_upheld_objection_refuses_the_application(lending: Lending) -> None:
    _, (first, _second), notice = await _on_public_notice(lending)
    objection = (await _object(lending, first, "2017-01-12")).json()
    settled = (await _settle(lending, objection["id"], "2017-01-13", "upheld")).json()
    assert settled["state"] == "refused"
    (event,) = await lending.service.outbox()
    assert (event[0], event[1]["stage"], event[1]["reasons"]) == (
        "application-refused",
        "public_notice",
        ["objection-upheld"],
    )
    closed = (await lending.close(notice["id"], "2017-01-17")).json()
    assert (closed["advanced_count"], closed["is_complete"]) == (1, True)
    shown = (await lending.get(f"/applications/{first}")).json()
    assert shown["objections"][0]["outcome"] == "upheld"


async def test_who_raised_an_objection_may_not_settle_it(lending: Lending) -> None:
    _, (first, _second), _ = await _on_public_notice(lending)
    objection = (await _object(lending, first, "2017-01-12", subject="zhao")).json()["id"]
    assert code(await _settle(lending, objection, "2017-01-13", "dismissed", subject="zhao")) == (
        403,
        "raiser-may-not-settle",
    )
    assert code(await _settle(lending, objection, "2017-01-11", "dismissed")) == (422, "date-before-step")
    elsewhere = await _settle(lending, objection, "2017-01-13", "dismissed", region="500236101")
    assert (code(elsewhere), first in elsewhere.text) == ((404, "objection-unknown"), False)
    assert (await _settle(lending, objection, "2017-01-13", "dismissed")).status_code == 201
    assert code(await _settle(lending, objection, "2017-01-13", "upheld")) == (409, "already-settled")


async def test_objections_are_raised_while_the_notice_hangs(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    (application,) = await lending.ids(filed["id"])
    assert code(await _object(lending, application, "2017-01-10")) == (409, "not-public")
    await lending.decide(filed["id"], "village", "2017-01-10")
    assert code(await _object(lending, application, "2017-01-10")) == (409, "not-public")
    await lending.put_on_public_notice(filed["id"], "village", "2017-01-10")
    assert code(await _object(lending, application, "2017-01-09")) == (422, "date-before-step")
    assert code(await _object(lending, application, "2017-01-10", region="500237"))[0] == 404
    assert (await _object(lending, application, "2017-01-10")).status_code == 201


async def test_a_level_is_run_by_its_own_officers(lending: Lending) -> None:
    batch_id, _, notice = await _on_public_notice(lending)
    await lending.close(notice["id"], "2017-01-17")
    await lending.decide(batch_id, "township", "2017-01-18")
    path = f"/application-batches/{batch_id}/public-notices"
    body = {"level": "township", "started_on": "2017-01-18"}
    assert code(await lending.post(path, body, Role.VILLAGE)) == (403, "other-office")
    assert code(await lending.post(path, {**body, "level": "county"}, Role.SERVICE_CENTRE)) == (409, "wrong-stage")
    assert code(await lending.post(path, {**body, "started_on": "2017-01-17"}, Role.TOWNSHIP)) == (
        422,
        "date-before-step",
    )
    assert (await lending.post(path, body, Role.TOWNSHIP)).status_code == 201
    assert code(await lending.post(path, body, Role.TOWNSHIP)) == (409, "wrong-stage")
    assert code(await lending.post(path, body, Role.TOWNSHIP, region="500236101"))[0] == 404
