"""A loan that misses a condition waits for the office that the county's pack asks, before it goes to the bank."""

from typing import Any

import pytest

from services.lending.applications.rules.approval import State, path
from services.lending.condition_approvals.rules import offices_asked
from services.lending.tests.applications.conftest import COUNTY, VILLAGE, Lending, changed_pack, loan_request
from shared.access import Role
from shared.events.lending import ApplicationRefused
from shared.policy.pack import PolicyPack
from shared.policy.terms import ConditionConsequence
from shared.policy.vocabulary import Consequence, Office, SoftCondition

UNRATED = {"condition": "not-rated", "consequence": "with_approval", "office": "poverty_office", "working_days": 5}
LISTED = {"condition": "on-a-list", "consequence": "with_approval", "office": "finance_bureau", "working_days": 3}
SIGNERS = (Role.FINANCE_BUREAU, Role.POVERTY_OFFICE, Role.SERVICE_CENTRE)


def unmet(*codes: str) -> list[dict[str, str]]:
    """Return registry's answer about conditions that another office decides on."""
    said = {"clause": "FJ-10", "zh": "未评级", "en": "not rated", "consequence": "with_approval"}
    return [{"code": code, **said} for code in codes]


@pytest.fixture
async def asking(lending: Lending) -> Lending:
    """Return the county whose pack asks the poverty office about the unrated, the finance bureau about the listed."""
    pack = changed_pack(lending.pack, eligibility__consequences=[UNRATED, LISTED])
    await lending.confirm_pack(pack, version=2)
    return lending


async def waiting(lending: Lending, *codes: str) -> tuple[str, str]:
    """File an application that misses conditions, bring it through the joint review; return batch and application."""
    lending.registry.conditions[f"{VILLAGE}-1"] = unmet(*codes)
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    await lending.bring_to_joint_review(filed["id"])
    for role in SIGNERS:
        signed = await lending.sign(filed["id"], role, "2017-02-13", subject=f"{role}-signer")
        assert signed.status_code == 201, signed.text
    [application_id] = await lending.ids(filed["id"])
    return filed["id"], application_id


async def decide(lending: Lending, application_id: str, role: Role, decision: str = "approve", **more: Any) -> Any:
    """Decide for an office."""
    body = {"decision": decision, "decided_on": "2017-02-14", **({"note": "不宜"} if decision == "refuse" else {})}
    who = {"subject": more.pop("subject", None), "region": more.pop("region", COUNTY)}
    return await lending.post(f"/applications/{application_id}/condition-decisions", {**body, **more}, role, **who)


async def listed(lending: Lending, on: str) -> list[dict[str, Any]]:
    """Return what waits on a day."""
    found: list[dict[str, Any]] = (await lending.get(f"/condition-approvals?as_of={on}")).json()["items"]
    return found


async def test_it_waits_before_the_hand_over_until_the_office_has_agreed(asking: Lending) -> None:
    batch_id, application_id = await waiting(asking, "not-rated")
    shown = (await asking.get(f"/applications/{application_id}")).json()
    assert (shown["state"], shown["approved_on"]) == ("condition_approval", None)
    early = await asking.hand_over(batch_id, "2017-02-14")
    assert (early.status_code, early.json()["code"]) == (409, "wrong-stage")
    agreed = await decide(asking, application_id, Role.POVERTY_OFFICE)
    assert agreed.status_code == 201, agreed.text
    said = agreed.json()
    assert (said["state"], said["approved_on"]) == ("approved", "2017-02-14")
    last = said["decisions"][-1]
    assert (last["stage"], last["office"], last["decision"]) == ("condition_approval", "poverty_office", "approve")
    assert (await asking.hand_over(batch_id, "2017-02-14")).json()["handed_over"]["count"] == 1
    again = await decide(asking, application_id, Role.POVERTY_OFFICE, subject="another")
    assert (again.status_code, again.json()["code"]) == (409, "wrong-stage")


async def test_every_office_asked_must_agree_each_by_another_person(asking: Lending) -> None:
    _, application_id = await waiting(asking, "not-rated", "on-a-list")
    assert [each["office"] for each in (await listed(asking, "2017-02-14"))[0]["waits_for"]] == [
        "poverty_office",
        "finance_bureau",
    ]
    first = await decide(asking, application_id, Role.POVERTY_OFFICE, subject="one")
    assert first.json()["state"] == "condition_approval"
    same = await decide(asking, application_id, Role.FINANCE_BUREAU, subject="one")
    assert (same.status_code, same.json()["code"]) == (403, "same-person-twice")
    twice = await decide(asking, application_id, Role.POVERTY_OFFICE, subject="two")
    assert (twice.status_code, twice.json()["code"]) == (409, "already-decided")
    [left] = (await listed(asking, "2017-02-14"))[0]["waits_for"]
    assert left["office"] == "finance_bureau"
    assert (await decide(asking, application_id, Role.FINANCE_BUREAU, subject="two")).json()["state"] == "approved"


async def test_other_offices_and_the_one_who_filed_are_refused_by_name(asking: Lending) -> None:
    _, application_id = await waiting(asking, "not-rated")
    for role in (Role.FINANCE_BUREAU, Role.SERVICE_CENTRE, Role.VILLAGE, Role.AUDITOR):
        other = await decide(asking, application_id, role)
        assert (other.status_code, other.json()["code"]) == (403, "other-office"), other.text
    maker = await decide(asking, application_id, Role.POVERTY_OFFICE, subject="clerk")
    assert (maker.status_code, maker.json()["code"]) == (403, "maker-is-checker")
    elsewhere = await decide(asking, application_id, Role.POVERTY_OFFICE, region="500237")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "application-unknown")
    above = await decide(asking, application_id, Role.POVERTY_OFFICE, region="50")
    assert (above.status_code, above.json()["code"]) == (403, "acts-in-the-county")
    before = await decide(asking, application_id, Role.POVERTY_OFFICE, decided_on="2017-02-12")
    assert (before.status_code, before.json()["code"]) == (422, "date-before-step")
    silent = await decide(asking, application_id, Role.POVERTY_OFFICE, decision="refuse", note=None)
    assert (silent.status_code, silent.json()["code"]) == (422, "invalid-request")


async def test_one_refusal_ends_it_with_its_reason_and_the_event(asking: Lending) -> None:
    _, application_id = await waiting(asking, "not-rated", "on-a-list")
    refused = await decide(asking, application_id, Role.FINANCE_BUREAU, decision="refuse")
    said = refused.json()
    assert said["state"] == "refused"
    assert [(each["code"], each["zh"]) for each in said["reasons"]] == [("refused-at-condition-approval", "不宜")]
    data = await asking.service.database.pool.fetchval("SELECT data::text FROM outbox ORDER BY position DESC LIMIT 1")
    event = ApplicationRefused.model_validate_json(data)
    assert (event.stage, event.reasons) == ("condition_approval", ["refused-at-condition-approval"])
    assert await listed(asking, "2017-02-14") == []


async def test_silence_neither_approves_nor_refuses_and_is_listed_as_late(asking: Lending) -> None:
    _, application_id = await waiting(asking, "not-rated")
    [row] = await listed(asking, "2017-02-20")
    assert (row["application_id"], row["asked_on"], row["unmet_conditions"]) == (
        application_id,
        "2017-02-13",
        ["not-rated"],
    )
    assert row["waits_for"] == [{"office": "poverty_office", "due_on": "2017-02-20", "is_late": False}]
    assert (await listed(asking, "2017-02-21"))[0]["waits_for"][0]["is_late"] is True
    late = await decide(asking, application_id, Role.POVERTY_OFFICE, decided_on="2017-03-01")
    assert late.json()["state"] == "approved"


async def test_the_household_may_withdraw_while_it_waits(asking: Lending) -> None:
    _, application_id = await waiting(asking, "not-rated")
    body = {"withdrawn_on": "2017-02-14", "reason": "不再需要"}
    withdrawn = await asking.post(f"/applications/{application_id}/withdrawals", body, Role.TOWNSHIP)
    assert withdrawn.json()["state"] == "withdrawn"
    after = await decide(asking, application_id, Role.POVERTY_OFFICE)
    assert (after.status_code, after.json()["code"]) == (409, "wrong-stage")


async def test_an_application_that_misses_nothing_asks_nobody(asking: Lending) -> None:
    filed = await asking.file(loan_request(f"{VILLAGE}-2"))
    await asking.bring_to_joint_review(filed["id"])
    for role in SIGNERS:
        await asking.sign(filed["id"], role, "2017-02-13", subject=f"{role}-signer")
    [application_id] = await asking.ids(filed["id"])
    assert (await asking.get(f"/applications/{application_id}")).json()["state"] == "approved"


def test_the_office_decides_last_and_has_the_fewest_days_it_is_given(pack: PolicyPack) -> None:
    way = path(pack.approval_chain(), pack.public_notice_rule(), pack.lending.amount_max.value, asks_office=True)
    assert way[-2:] == (State.CONDITION_APPROVAL, State.APPROVED)
    said = [
        ConditionConsequence(SoftCondition.UNRATED, Consequence.WITH_APPROVAL, Office.POVERTY_OFFICE, 5),
        ConditionConsequence(SoftCondition.LISTED, Consequence.WITH_APPROVAL, Office.POVERTY_OFFICE, 3),
        ConditionConsequence(SoftCondition.TOO_OLD, Consequence.WARNED),
    ]
    assert offices_asked(said, {"not-rated", "on-a-list"}) == {Office.POVERTY_OFFICE: 3}
    assert offices_asked(said, {"not-rated", "age-above-maximum"}) == {Office.POVERTY_OFFICE: 5}
    assert offices_asked(None, {"not-rated"}) == {}
