"""A policy's life: recorded, confirmed or refused by its insurer, pledged, cancelled, and asked when a loan is lost."""

import asyncio
from typing import Any

import httpx
import pytest

from services.riskfund.tests.county import County, fengjie, refusal
from services.riskfund.tests.lending import Loan
from shared.access import Role
from shared.events.riskfund import (
    InsuranceAnswered,
    InsuranceClaimRequested,
    InsurancePolicyCancelled,
    InsurancePolicyConfirmed,
)
from shared.ids import new_id
from shared.testing.service import StartService

ANSWERS = [{"product": "accident", "causes": ["death", "disability"]}]
PREMIUM = {
    "premium": "60.00",
    "premium_payer": "household",
    "premium_paid_on": "2017-03-01",
    "consented_on": "2017-02-28",
}


@pytest.fixture
async def county(start_service: StartService) -> County:
    """Return a county that has policies pledged and says what accident insurance answers for."""
    county = County(await start_service("riskfund"))
    await county.confirm_pack(fengjie(insurance__policy_pledge=True, insurance__causes_answered=ANSWERS))
    await county.open_fund()
    return county


async def insured(county: County, loan: Loan, **values: Any) -> str:
    """Record a policy and return its id."""
    recorded = await county.insure(loan, **values)
    assert recorded.status_code == 201, recorded.text
    policy_id: str = recorded.json()["id"]
    return policy_id


async def word(county: County, policy_id: str, insurer: str = "picc", **more: Any) -> httpx.Response:
    """Say as an insurer that a policy is its own, or not."""
    body = {"confirmed": True, "answered_on": "2017-03-03", **more}
    path = f"/insurance-policies/{policy_id}/answers"
    return await county.post(path, body, Role.INSURER, f"{insurer}-api", organisation=insurer)


async def cancel(
    county: County, policy_id: str, on: str = "2017-06-01", role: Role = Role.INSURER, subject: str = "picc-api"
) -> httpx.Response:
    """Cancel a policy."""
    organisation = "picc" if role is Role.INSURER else "cqrcb"
    body = {"cancelled_on": on, "reason": "投保人退保"}
    path = f"/insurance-policies/{policy_id}/cancellations"
    return await county.post(path, body, role, subject, organisation=organisation)


async def pledge(county: County, policy_id: str, on: str = "2017-03-05") -> httpx.Response:
    """Pledge a policy as its loan's bank."""
    body = {"pledged_on": on, "contract_reference": f"ZY-{new_id()}"}
    path = f"/insurance-policies/{policy_id}/pledges"
    return await county.post(path, body, Role.BANK, "bank-clerk", organisation="cqrcb")


async def release(county: County, policy: dict[str, Any], subject: str, on: str = "2017-04-01") -> httpx.Response:
    """Release the pledge that stands on a policy."""
    body = {"released_on": on, "reason": "贷款已结清"}
    path = f"/insurance-policies/{policy['id']}/pledges/{policy['pledge_id']}/releases"
    return await county.post(path, body, Role.BANK, subject, organisation="cqrcb")


async def lost(county: County, cause: str = "death", **policy: Any) -> str:
    """Return the claim on an insured loan in default."""
    loan = await county.default(cause=cause)
    await insured(county, loan, **policy)
    return await filed(county, loan)


async def filed(county: County, loan: Loan) -> str:
    answer = await county.file(loan)
    assert answer.status_code == 201, answer.text
    claim_id: str = answer.json()["id"]
    return claim_id


async def decided(county: County, claim_id: str, on: str) -> dict[str, Any]:
    for member in ("member-1", "member-2"):
        answer = await county.decide(claim_id, member, on=on)
        assert answer.status_code == 201, answer.text
    claim: dict[str, Any] = answer.json()
    return claim


async def events(county: County, kind: type[Any]) -> list[Any]:
    rows = [(name, data) for name, data, _, _ in await county.service.outbox()]
    return [kind.model_validate(data, strict=False) for name, data in rows if name == kind.event_type.name]


@pytest.mark.clause("LG-41")
@pytest.mark.clause("SX-5c(a)")
async def test_each_product_of_the_county_is_recorded_and_no_other(county: County) -> None:
    loan = await county.lend()
    for kind in ("agricultural", "accident", "critical_illness", "loan_guarantee"):
        recorded = await county.insure(loan, kind=kind, policy_number=f"P-{kind}")
        assert (recorded.status_code, recorded.json()["state"]) == (201, "recorded")
    other = await county.insure(loan, kind="travel", policy_number="P-2")
    assert refusal(other) == (409, "insurance-product-not-in-use")


@pytest.mark.clause("SX-5c(d)")
async def test_the_insurer_confirms_a_policy_once_and_the_event_says_who_paid_the_premium(county: County) -> None:
    loan = await county.lend()
    policy_id = await insured(county, loan, **PREMIUM)
    assert refusal(await word(county, policy_id, "cpic")) == (404, "insurance-policy-unknown")
    shown = (await word(county, policy_id)).json()
    assert (shown["state"], shown["answered_by"], shown["premium"]) == ("confirmed", "picc-api", "60.00")
    assert refusal(await word(county, policy_id)) == (409, "insurance-policy-answered")
    (event,) = await events(county, InsurancePolicyConfirmed)
    assert (str(event.policy_id), event.loan_id, str(event.premium)) == (policy_id, loan.loan_id, "60.00")
    assert (event.premium_payer, str(event.premium_paid_on), str(event.consented_on)) == (
        "household",
        "2017-03-01",
        "2017-02-28",
    )


@pytest.mark.clause("SX-5c(d)")
async def test_a_policy_that_is_none_of_the_insurers_is_refused_and_recorded_anew(county: County) -> None:
    loan = await county.lend()
    policy_id = await insured(county, loan)
    assert (await word(county, policy_id, confirmed=False)).status_code == 422
    refused = (await word(county, policy_id, confirmed=False, reason="无此保单")).json()
    assert (refused["state"], refused["answer_reason"]) == ("refused", "无此保单")
    assert await events(county, InsurancePolicyConfirmed) == []
    assert refusal(await cancel(county, policy_id)) == (409, "insurance-policy-ended")
    assert (await county.insure(loan)).json()["state"] == "recorded"
    listed = await county.get(f"/insurance-policies?loan_id={loan.loan_id}")
    assert [each["state"] for each in listed.json()["items"]] == ["refused", "recorded"]
    own = await county.get("/insurance-policies", Role.INSURER, organisation="cpic")
    assert own.json()["items"] == [], "an insurer sees policies in its own name"


async def test_a_confirmed_policy_is_cancelled_by_its_insurer_alone(county: County) -> None:
    policy_id = await insured(county, await county.lend())
    assert refusal(await cancel(county, policy_id, role=Role.BANK, subject="bank-clerk")) == (403, "maker-is-checker")
    await word(county, policy_id)
    by_bank = await cancel(county, policy_id, role=Role.BANK, subject="bank-second")
    assert refusal(by_bank) == (409, "cancelled-by-its-insurer")
    assert (await cancel(county, policy_id)).json()["cancelled_on"] == "2017-06-01"
    (event,) = await events(county, InsurancePolicyCancelled)
    assert (str(event.policy_id), str(event.cancelled_on)) == (policy_id, "2017-06-01")


async def test_what_the_insurer_never_confirmed_a_second_person_of_the_bank_takes_back(county: County) -> None:
    policy_id = await insured(county, await county.lend())
    answer = await cancel(county, policy_id, role=Role.BANK, subject="bank-second")
    assert (answer.status_code, answer.json()["state"]) == (201, "cancelled")
    assert await events(county, InsurancePolicyCancelled) == [], "nobody had heard of it"


@pytest.mark.clause("SX-5c(c)")
async def test_a_confirmed_policy_is_pledged_once_and_not_cancelled_meanwhile(county: County) -> None:
    loan, other = await county.lend(), await county.lend()
    policy_id, elsewhere = await insured(county, loan), await insured(county, other)
    assert refusal(await pledge(county, policy_id)) == (409, "insurance-policy-not-confirmed")
    await word(county, policy_id)
    await word(county, elsewhere)
    assert refusal(await pledge(county, policy_id, "2017-03-02")) == (422, "date-before-step")
    answers = await asyncio.gather(pledge(county, policy_id), pledge(county, elsewhere), pledge(county, policy_id))
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    assert {refusal(each)[1] for each in answers if each.status_code == 409} == {"insurance-policy-pledged"}
    pledged = next(each.json() for each in answers if each.status_code == 201)
    assert refusal(await cancel(county, pledged["id"])) == (409, "insurance-policy-pledged")


@pytest.mark.clause("SX-5c(c)")
async def test_a_pledge_is_released_by_another_person_and_the_policy_is_free_again(county: County) -> None:
    policy_id = await insured(county, await county.lend())
    await word(county, policy_id)
    pledged = (await pledge(county, policy_id)).json()
    assert refusal(await release(county, pledged, "bank-clerk")) == (403, "maker-is-checker")
    freed = (await release(county, pledged, "bank-second")).json()
    assert (freed["pledge_id"], freed["state"]) == (None, "confirmed")
    assert refusal(await release(county, pledged, "bank-second")) == (404, "policy-pledge-unknown")
    assert (await pledge(county, policy_id)).status_code == 201
    plain = County(county.service, "500237")
    await plain.confirm_pack(fengjie())
    await plain.open_fund()
    unpledged = await insured(plain, await plain.lend())
    await word(plain, unpledged)
    assert refusal(await pledge(plain, unpledged)) == (409, "no-policy-pledge-here")


@pytest.mark.parametrize(
    ("cause", "policy", "state"),
    [
        pytest.param("death", {}, "awaiting_insurer", marks=pytest.mark.clause("LG-21b")),
        pytest.param("business_failure", {}, "deciding", marks=pytest.mark.clause("LG-21b")),
        ("business_failure", {"kind": "loan_guarantee"}, "awaiting_insurer"),  # nothing is said: it answers for all
        ("death", {"beneficiary": "household"}, "deciding"),  # the bank gets nothing of it
    ],
)
async def test_whom_a_loss_asks_follows_its_cause_and_who_benefits(
    county: County, cause: str, policy: dict[str, str], state: str
) -> None:
    claim_id = await lost(county, cause, **policy)
    assert (await county.get(f"/claims/{claim_id}")).json()["state"] == state


@pytest.mark.clause("SX-5c(d)")
async def test_a_policy_that_becomes_known_after_the_filing_is_asked_and_the_committee_waits(county: County) -> None:
    loan = await county.default(cause="death")
    claim_id = await filed(county, loan)
    await insured(county, loan)
    (event,) = await events(county, InsuranceClaimRequested)
    assert (str(event.claim_id), event.insurer_code, str(event.amount)) == (claim_id, "picc", "30000.00")
    shown = (await county.get(f"/claims/{claim_id}")).json()
    assert (shown["state"], len(shown["insurance_requests"])) == ("awaiting_insurer", 1)
    asked_on = shown["insurance_requests"][0]["requested_on"]
    answered = await county.answer(claim_id, "10000.00", answered_on=asked_on)
    assert (answered.json()["state"], answered.json()["insurance_amount"]) == ("deciding", "10000.00")


@pytest.mark.clause("LG-21b")
async def test_an_insurer_that_lets_its_day_pass_counts_as_unpaid_and_the_committee_decides(county: County) -> None:
    claim_id = await lost(county)
    due_on = (await county.get(f"/claims/{claim_id}")).json()["insurance_requests"][0]["answer_due_on"]
    assert due_on == "2018-06-20"
    on_time = await county.decide(claim_id, "member-1", on=due_on)
    assert refusal(on_time) == (409, "claim-not-to-decide")
    claim = await decided(county, claim_id, "2018-06-21")
    assert (claim["state"], claim["insurance_amount"]) == ("approved", "0.00")


async def test_an_answer_after_its_day_counts_until_the_committee_has_decided(county: County) -> None:
    claim_id = await lost(county)
    assert (await county.decide(claim_id, "member-1", on="2018-06-21")).json()["state"] == "deciding"
    late = await county.answer(claim_id, "30000.00", answered_on="2018-06-22")
    assert late.json()["insurance_amount"] == "30000.00"
    claim = (await county.decide(claim_id, "member-2", on="2018-06-23")).json()
    parts = [float(claim[part]) for part in ("insurance_amount", "fund_amount", "bank_amount", "guarantor_amount")]
    assert (claim["state"], sum(parts)) == ("approved", float(claim["amount"]))


@pytest.mark.clause("LG-21b")
async def test_an_answer_after_the_decision_changes_no_part_and_is_marked_late(county: County) -> None:
    claim_id = await lost(county)
    before = await decided(county, claim_id, "2018-06-21")
    after = (await county.answer(claim_id, "30000.00", answered_on="2018-06-22")).json()
    parts = ("state", "insurance_amount", "fund_amount", "bank_amount")
    assert [after[part] for part in parts] == [before[part] for part in parts]
    request = after["insurance_requests"][0]
    assert (request["late"], request["amount_paid"]) == (True, "30000.00")
    assert [each.late for each in await events(county, InsuranceAnswered)] == [True]
    again = await county.answer(claim_id, "30000.00", answered_on="2018-06-22")
    assert refusal(again) == (409, "no-answer-awaited")
    assert (await county.pay(claim_id)).status_code == 201, "payment goes by what was decided"


async def test_a_policy_that_was_asked_is_neither_disowned_nor_cancelled_backwards(county: County) -> None:
    loan = await county.default(cause="death")
    policy_id = await insured(county, loan)
    await filed(county, loan)
    disowned = await word(county, policy_id, confirmed=False, reason="无此保单", answered_on="2018-06-06")
    assert refusal(disowned) == (409, "insurance-policy-asked")
    assert refusal(await cancel(county, policy_id, "2018-06-05")) == (409, "insurance-policy-asked")
    assert (await cancel(county, policy_id, "2018-06-06")).json()["state"] == "cancelled"


@pytest.mark.parametrize(
    "wrong",
    [
        {"premium": "60.00"},
        {"premium_payer": "county"},
        {"premium_paid_on": "2017-03-01"},
        {"premium": "30000.01", "premium_payer": "county"},
    ],
)
async def test_a_premium_that_makes_no_sense_is_refused(county: County, wrong: dict[str, str]) -> None:
    assert (await county.insure(await county.lend(), **wrong)).status_code == 422
