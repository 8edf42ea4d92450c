"""Decisions: at the right stage, by the right office, in the right region, once, and never by the one who filed."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.lending.tests.applications.conftest import (
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    Lending,
    changed_pack,
    loan_request,
)
from shared.access import Role
from shared.events.lending import ApplicationRefused
from shared.testing.crossings import FILES_MAX, crossed

STAGES = ["village", "township", "county_centre"]


def code(answered: Any) -> tuple[int, str]:
    """Return status and code of a refusal."""
    return answered.status_code, answered.json().get("code", answered.text)


@pytest.mark.parametrize("stage", ["township", "county_centre"])
async def test_refuses_a_decision_in_the_wrong_state(lending: Lending, stage: str) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    answered = await lending.decide(filed["id"], stage, "2017-01-10")
    assert code(answered) == (409, "wrong-stage")
    assert answered.json()["values"]["states"] == {"filed": 1}
    assert code(await lending.sign(filed["id"], Role.FINANCE_BUREAU, "2017-01-10")) == (409, "wrong-stage")


async def test_refuses_a_second_decision(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    assert (await lending.decide(filed["id"], "village", "2017-01-10")).status_code == 201
    assert code(await lending.decide(filed["id"], "village", "2017-01-10")) == (409, "already-decided")
    (application,) = await lending.ids(filed["id"])
    body = {"stage": "village", "decision": "refuse", "decided_on": "2017-01-10", "note": "重复"}
    answered = await lending.post(f"/applications/{application}/decisions", body, Role.VILLAGE)
    assert code(answered) == (409, "already-decided")
    assert await lending.count("decision") == 1


async def test_the_officer_who_filed_may_not_decide(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    body = {
        "stage": "village",
        "decision": "approve",
        "decided_on": "2017-01-10",
        "checks": {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True},
    }
    path = f"/application-batches/{filed['id']}/decisions"
    assert code(await lending.post(path, body, Role.VILLAGE, subject="clerk")) == (403, "maker-is-checker")


async def test_refuses_other_regions_and_roles(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    path = f"/application-batches/{filed['id']}/decisions"
    body = {"stage": "village", "decision": "refuse", "decided_on": "2017-01-10", "note": "不属实"}
    assert code(await lending.post(path, body, Role.VILLAGE, region=OTHER_VILLAGE))[0] == 404
    assert code(await lending.post(path, body, Role.VILLAGE, region="500237"))[0] == 404
    assert code(await lending.post(path, body, Role.BANK, organisation="X")) == (403, "right-missing")


@pytest.mark.clause("LG-9")
@pytest.mark.parametrize("role", [Role.TOWNSHIP, Role.HELPER, Role.FINANCE_BUREAU, Role.AUDITOR])
async def test_who_does_not_decide_at_a_stage_learns_whose_stage_it_is(lending: Lending, role: Role) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    body = {"stage": "village", "decision": "refuse", "decided_on": "2017-01-10", "note": "不属实"}
    answered = await lending.post(f"/application-batches/{filed['id']}/decisions", body, role)
    assert code(answered) == (403, "other-office")
    assert answered.json()["values"] == {"step": "village_check", "offices": ["village"]}
    assert "本县的村级核查由村办理" in answered.json()["detail"]
    assert await lending.count("decision") == 0


@pytest.mark.clause("SX-7(b)")
async def test_a_province_reads_an_application_and_decides_nothing_of_it(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    path = f"/application-batches/{filed['id']}"
    for region in ("50", "5002"):
        assert (await lending.get(path, Role.POVERTY_OFFICE, region=region)).status_code == 200
        body = {"stage": "county_centre", "decision": "refuse", "decided_on": "2017-01-10", "note": "不属实"}
        refused = await lending.post(f"{path}/decisions", body, Role.POVERTY_OFFICE, region=region)
        assert code(refused) == (403, "acts-in-the-county")
        signed = await lending.post(
            f"{path}/signatures", {"signed_on": "2017-01-10"}, Role.POVERTY_OFFICE, region=region
        )
        assert code(signed) == (403, "acts-in-the-county")
        handed = await lending.post(
            f"{path}/hand-overs", {"handed_over_on": "2017-01-10"}, Role.POVERTY_OFFICE, region=region
        )
        assert code(handed) == (403, "acts-in-the-county")


async def test_a_village_decides_only_its_own_part_of_the_batch(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"), loan_request(f"{OTHER_VILLAGE}-2"))
    body = {"stage": "village", "decision": "refuse", "decided_on": "2017-01-10", "note": "不属实"}
    path = f"/application-batches/{filed['id']}/decisions"
    decided = (await lending.post(path, body, Role.VILLAGE, region=VILLAGE)).json()
    assert (decided["decided_count"], decided["states"]) == (1, {"refused": 1})
    shown = (await lending.get(f"/application-batches/{filed['id']}")).json()
    assert {entry["state"]: entry["count"] for entry in shown["states"]} == {"filed": 1, "refused": 1}


@pytest.mark.clause("LG-12(a)", "MS-2(e)", "SX-1(d)")
async def test_the_village_checks_identity_purpose_and_amount(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    failed = {"identity_confirmed": True, "purpose_confirmed": False, "amount_confirmed": True}
    answered = await lending.decide(filed["id"], "village", "2017-01-10", checks=failed)
    assert code(answered) == (409, "village-check-failed")
    assert answered.json()["values"]["failed"] == ["purpose_confirmed"]
    assert code(await lending.decide(filed["id"], "village", "2017-01-10", checks=None))[0] == 422


@pytest.mark.clause("DZ-4")
async def test_a_refusal_says_why_and_is_published(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"), loan_request(f"{VILLAGE}-2", "30000.00"))
    first, second = await lending.ids(filed["id"])
    assert code(await lending.decide(filed["id"], "village", "2017-01-10", decision="refuse"))[0] == 422
    refused = await lending.decide(
        filed["id"], "village", "2017-01-10", decision="refuse", note="用途不真实", only=[second]
    )
    assert refused.json()["states"] == {"filed": 1, "refused": 1}
    shown = (await lending.get(f"/applications/{second}")).json()
    assert shown["reasons"] == [{"code": "refused-at-village", "clause": "FJ-4", "zh": "用途不真实", "en": ""}]
    data = await lending.service.database.pool.fetchval("SELECT data::text FROM outbox")
    event = ApplicationRefused.model_validate_json(data)
    assert (str(event.application_id), f"{event.amount}", event.stage) == (second, "30000.00", "village")
    assert event.reasons == ["refused-at-village"]
    approved = await lending.decide(filed["id"], "village", "2017-01-11")
    assert (approved.json()["decided_count"], approved.json()["advanced_count"]) == (1, 1)
    assert (await lending.get(f"/applications/{first}")).json()["state"] == "village_public_notice"


async def test_except_leaves_applications_where_they_are(lending: Lending) -> None:
    filed = await lending.file(*(loan_request(f"{VILLAGE}-{number}", "10000.00") for number in range(5)))
    ids = await lending.ids(filed["id"])
    decided = await lending.decide(filed["id"], "village", "2017-01-10", **{"except": ids[:2]})
    assert decided.json()["decided_count"] == 3
    assert decided.json()["amount"] == "30000.00"
    assert decided.json()["states"] == {"filed": 2, "village_public_notice": 3}
    stranger = "00000000-0000-7000-8000-000000000000"
    assert code(await lending.decide(filed["id"], "village", "2017-01-10", only=[stranger])) == (
        404,
        "not-in-batch",
    )
    both = await lending.decide(filed["id"], "village", "2017-01-10", only=[ids[0], ids[4]])
    assert code(both) == (409, "already-decided")


async def test_refuses_a_date_before_the_step_before(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    assert code(await lending.decide(filed["id"], "village", "2017-01-08")) == (422, "date-before-step")


@pytest.mark.clause("FJ-4a")
async def test_refuses_to_decide_without_the_papers(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1", documents=[]), loan_request(f"{VILLAGE}-2"))
    first, _ = await lending.ids(filed["id"])
    answered = await lending.decide(filed["id"], "village", "2017-01-10")
    assert code(answered) == (409, "documents-missing")
    assert answered.json()["values"]["lacking"] == {first: ["application_form"]}
    assert (await lending.decide(filed["id"], "village", "2017-01-10", **{"except": [first]})).status_code == 201


@pytest.mark.clause("FJ-4(d)")
async def test_all_three_offices_sign_each_once_by_different_people(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    batch_id = filed["id"]
    await lending.bring_to_joint_review(batch_id)

    first = await lending.sign(batch_id, Role.FINANCE_BUREAU, "2017-02-13", subject="li")
    assert first.json()["waiting_for"] == ["poverty_office", "service_centre"]
    assert first.json()["states"] == {"joint_review": 1}
    again = await lending.sign(batch_id, Role.FINANCE_BUREAU, "2017-02-13", subject="wang")
    assert code(again) == (409, "already-decided")
    same = await lending.sign(batch_id, Role.POVERTY_OFFICE, "2017-02-13", subject="li")
    assert code(same) == (403, "same-person-twice")
    await lending.sign(batch_id, Role.POVERTY_OFFICE, "2017-02-13")
    last = await lending.sign(batch_id, Role.SERVICE_CENTRE, "2017-02-14")
    assert (last.json()["waiting_for"], last.json()["states"]) == ([], {"approved": 1})
    (application,) = await lending.ids(batch_id)
    assert (await lending.get(f"/applications/{application}")).json()["approved_on"] == "2017-02-14"
    assert code(await lending.sign(batch_id, Role.TOWNSHIP, "2017-02-14")) == (403, "right-missing")


async def test_one_office_may_refuse_in_the_joint_review(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    await lending.bring_to_joint_review(filed["id"])
    body = {"stage": "joint_review", "decision": "refuse", "decided_on": "2017-02-13", "note": "资金不足"}
    answered = await lending.post(f"/application-batches/{filed['id']}/decisions", body, Role.FINANCE_BUREAU)
    assert answered.json()["states"] == {"refused": 1}


@pytest.mark.clause("LG-12(a)")
async def test_a_county_may_ask_helper_and_village_both(lending: Lending) -> None:
    steps = lending.pack.approval.model_dump(mode="json")["steps"]["value"]
    steps[0]["signers"] = ["helper", "village"]
    await lending.confirm_pack(changed_pack(lending.pack, approval__steps=steps), version=2)
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    first = await lending.decide(filed["id"], "village", "2017-01-10")
    assert (first.json()["advanced_count"], first.json()["waiting_for"]) == (0, ["helper"])
    body = {
        "stage": "village",
        "decision": "approve",
        "decided_on": "2017-01-10",
        "checks": {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True},
    }
    path = f"/application-batches/{filed['id']}/decisions"
    second = await lending.post(path, body, Role.HELPER, region=TOWNSHIP)
    assert second.json()["states"] == {"village_public_notice": 1}


@pytest.mark.clause("LG-9")
async def test_where_there_is_no_service_centre_the_poverty_office_reviews_for_the_county(lending: Lending) -> None:
    steps = lending.pack.approval.model_dump(mode="json")["steps"]["value"]
    steps[2]["signers"] = ["poverty_office"]
    without = {"approval__steps": [steps[2], steps[4]], "approval__documents": [], "public_notice__levels": ["county"]}
    without["public_notice__offices"] = [{"level": "county", "offices": ["poverty_office"]}]
    without["approval__handed_over_by"] = ["poverty_office"]
    await lending.confirm_pack(changed_pack(lending.pack, **without), version=2)
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    path = f"/application-batches/{filed['id']}"
    body = {"stage": "county_centre", "decision": "approve", "decided_on": "2017-01-10"}
    assert code(await lending.post(f"{path}/decisions", body, Role.SERVICE_CENTRE)) == (403, "other-office")
    reviewed = await lending.post(f"{path}/decisions", body, Role.POVERTY_OFFICE)
    assert reviewed.json()["states"] == {"county_public_notice": 1}, reviewed.text
    notice = {"level": "county", "started_on": "2017-01-11"}
    shown = await lending.post(f"{path}/public-notices", notice, Role.POVERTY_OFFICE)
    assert shown.status_code == 201, shown.text
    closed = await lending.post(
        f"/public-notices/{shown.json()['id']}/closures", {"closed_on": shown.json()["ends_on"]}, Role.POVERTY_OFFICE
    )
    assert closed.json()["states"] == {"approved": 1}, closed.text
    handed = await lending.post(f"{path}/hand-overs", {"handed_over_on": shown.json()["ends_on"]}, Role.POVERTY_OFFICE)
    assert handed.status_code == 201, handed.text


async def test_a_batch_keeps_the_pack_it_was_filed_under(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    steps = lending.pack.approval.model_dump(mode="json")["steps"]["value"]
    steps[0]["signers"] = ["helper"]
    await lending.confirm_pack(changed_pack(lending.pack, approval__steps=steps), version=2)
    assert (await lending.decide(filed["id"], "village", "2017-01-10")).status_code == 201


async def test_decisions_only_grow(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    await lending.decide(filed["id"], "village", "2017-01-10")
    for statement in ("UPDATE decision SET decision = 'refuse'", "DELETE FROM decision"):
        with pytest.raises(asyncpg.RaiseError, match="only grows"):
            await lending.service.database.pool.execute(statement)


async def test_a_repeated_decision_answers_the_same(lending: Lending) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    path = f"/application-batches/{filed['id']}/decisions"
    body = {"stage": "village", "decision": "refuse", "decided_on": "2017-01-10", "note": "不属实"}
    first = await lending.post(path, body, Role.VILLAGE, key="decision-01")
    again = await lending.post(path, body, Role.VILLAGE, key="decision-01")
    assert (again.status_code, again.content) == (201, first.content)
    other = await lending.post(path, {**body, "note": "别的"}, Role.VILLAGE, key="decision-01")
    assert code(other) == (422, "idempotency-key-reused")
    assert len(await lending.service.outbox()) == 1


async def test_of_two_decisions_at_once_one_counts(lending: Lending) -> None:
    filed = await lending.file(*(loan_request(f"{VILLAGE}-{number}") for number in range(20)))
    answers = await asyncio.gather(*(lending.decide(filed["id"], "village", "2017-01-10") for _ in range(3)))
    assert sorted(answered.status_code for answered in answers) == [201, 409, 409]
    assert await lending.count("decision") == 20


@pytest.mark.parametrize("decision", [{}, {"decision": "refuse", "note": "用途不符"}], ids=["approve", "refuse"])
async def test_a_decision_crosses_five_files(lending: Lending, decision: dict[str, str]) -> None:
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    with crossed() as files:
        assert (await lending.decide(filed["id"], "village", "2017-01-10", **decision)).status_code == 201
    assert "lending/applications/routes.py" in files
    assert len(files) <= FILES_MAX, files
