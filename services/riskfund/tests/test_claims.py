"""Claims over HTTP: filing, the insurer, the committee, payment; every refusal by name."""

import asyncio
from typing import Any

import asyncpg
import pytest

from services.riskfund.tests.county import County, fengjie, refusal
from shared.access import Role
from shared.events.riskfund import ClaimApproved, ClaimPaid, InsuranceAnswered, InsuranceClaimRequested
from shared.ids import new_id
from shared.testing.crossings import FILES_MAX, crossed
from shared.testing.service import StartService


async def claim_of(county: County, loan: Any) -> str:
    filed = await county.file(loan)
    assert filed.status_code == 201, filed.text
    claim_id: str = filed.json()["id"]
    return claim_id


async def approved(county: County, loan: Any) -> str:
    claim_id = await claim_of(county, loan)
    await county.decide(claim_id, "member-1")
    assert (await county.decide(claim_id, "member-2")).json()["state"] == "approved"
    return claim_id


@pytest.mark.clause("LG-39", "LG-20", "LG-8b")
async def test_a_loss_is_claimed_approved_by_two_and_paid(open_county: County) -> None:
    county = open_county
    loan = await county.default("50000.00")
    claim_id = await claim_of(county, loan)
    one = (await county.decide(claim_id, "member-1")).json()
    assert (one["state"], one["fund_amount"]) == ("deciding", None)
    two = (await county.decide(claim_id, "member-2")).json()
    assert (two["state"], two["fund_amount"], two["bank_amount"]) == ("approved", "40800.00", "10200.01")
    paid = (await county.pay(claim_id)).json()
    assert (paid["state"], paid["principal"], paid["interest"]) == ("paid", "50000.00", "1000.01")
    assert paid["payment"]["amount"] == "40800.00"
    assert [decision["person"] for decision in paid["decisions"]] == ["member-1", "member-2"]
    fund = await county.fund()
    assert (fund["balance"], fund["exposure"], fund["compensated"]) == ("49959200.00", "0.00", "40800.00")
    events = [(name, data, version) for name, data, version, _ in await county.service.outbox()][1:]
    assert [(name, version) for name, _, version in events] == [("claim-approved", 1), ("claim-paid", 2)]
    ClaimApproved.model_validate(events[0][1], strict=False)
    event = ClaimPaid.model_validate(events[1][1], strict=False)
    assert event.principal + event.interest == event.insurance_amount + event.fund_amount + event.bank_amount


@pytest.mark.clause("LG-21b")
async def test_insurance_pays_first_and_the_fund_only_the_rest(open_county: County) -> None:
    county = open_county
    loan = await county.lend("50000.00")
    assert (await county.insure(loan, "30000.00")).status_code == 201
    await county.service.deliver_all([county.defaulted(loan, "death")])
    filed = (await county.file(loan)).json()
    assert (filed["state"], filed["insurance_requests"][0]["amount"]) == ("awaiting_insurer", "30000.00")
    assert refusal(await county.decide(filed["id"], "member-1")) == (409, "claim-not-to-decide")
    answered = (await county.answer(filed["id"], "30000.00")).json()
    assert (answered["state"], answered["insurance_amount"]) == ("deciding", "30000.00")
    await county.decide(filed["id"], "member-1")
    done = (await county.decide(filed["id"], "member-2")).json()
    assert (done["fund_amount"], done["bank_amount"]) == ("16800.00", "4200.01")
    events = [(name, data, version) for name, data, version, _ in await county.service.outbox()][1:]
    assert [(name, version) for name, _, version in events] == [
        ("insurance-claim-requested", 1),
        ("insurance-answered", 2),
        ("claim-approved", 3),
    ]
    InsuranceClaimRequested.model_validate(events[0][1], strict=False)
    InsuranceAnswered.model_validate(events[1][1], strict=False)


@pytest.mark.clause("LG-21b")
async def test_a_declined_request_leaves_the_whole_loss(open_county: County) -> None:
    loan = await open_county.lend()
    await open_county.insure(loan)
    await open_county.service.deliver_all([open_county.defaulted(loan)])
    claim_id = await claim_of(open_county, loan)
    declined = (await open_county.answer(claim_id, "0.00")).json()
    assert (declined["state"], declined["insurance_amount"]) == ("deciding", "0.00")


@pytest.mark.clause("LG-21b", "LG-41")
async def test_every_insurer_answers_before_the_committee_decides(open_county: County) -> None:
    county = open_county
    loan = await county.lend()
    await county.insure(loan, "40000.00")
    await county.insure(loan, "40000.00", insurer_code="cpic", kind="loan_guarantee", policy_number="C-9")
    await county.service.deliver_all([county.defaulted(loan)])
    claim_id = await claim_of(county, loan)
    assert (await county.answer(claim_id, "40000.00")).json()["state"] == "awaiting_insurer"
    assert refusal(await county.answer(claim_id, "1.00")) == (409, "no-answer-awaited")
    most = await county.answer(claim_id, "11000.02", insurer="cpic")
    assert refusal(most) == (409, "insurance-pays-too-much")
    last = (await county.answer(claim_id, "11000.01", insurer="cpic")).json()
    assert (last["state"], last["insurance_amount"]) == ("deciding", "51000.01")
    await county.decide(claim_id, "member-1")
    assert (await county.decide(claim_id, "member-2")).json()["fund_amount"] == "0.00"
    paid = (await county.pay(claim_id)).json()
    assert (paid["state"], paid["payment"]["entry_id"]) == ("paid", None)
    assert (await county.fund())["balance"] == "50000000.00"


@pytest.mark.clause("LG-21b")
async def test_answers_that_cannot_be_are_refused(open_county: County) -> None:
    county = open_county
    loan = await county.lend()
    await county.insure(loan)
    await county.service.deliver_all([county.defaulted(loan)])
    claim_id = await claim_of(county, loan)
    assert refusal(await county.answer(claim_id, "30000.01")) == (409, "insurance-pays-too-much")
    early = await county.answer(claim_id, "1.00", answered_on="2018-06-04")
    assert refusal(early) == (422, "date-before-step")
    assert refusal(await county.answer(claim_id, "1.00", accepted=False)) == (422, "invalid-request")
    assert refusal(await county.answer(claim_id, "1.00", insurer="cpic")) == (404, "claim-unknown")
    await county.answer(claim_id, "1.00", reference="SAME")
    other = await county.lend()
    await county.insure(other)
    await county.service.deliver_all([county.defaulted(other)])
    again = await county.answer(await claim_of(county, other), "1.00", reference="SAME")
    assert refusal(again) == (409, "answer-reference-used")


async def test_policies_are_of_the_countys_products_and_on_file_once(open_county: County) -> None:
    loan = await open_county.lend()
    assert refusal(await open_county.insure(loan, kind="travel")) == (409, "insurance-product-not-in-use")
    assert (await open_county.insure(loan)).status_code == 201
    assert refusal(await open_county.insure(loan)) == (409, "insurance-policy-on-file")
    ended = await open_county.insure(loan, valid_until="2017-03-01", policy_number="P-2")
    assert refusal(ended) == (422, "invalid-request")
    unknown = await open_county.insure(open_county.loan(), policy_number="P-3")
    assert refusal(unknown) == (404, "loan-unknown")


@pytest.mark.clause("LG-21b")
async def test_a_policy_that_ended_before_the_loan_is_not_asked(open_county: County) -> None:
    loan = await open_county.lend()
    await open_county.insure(loan, valid_from="2016-03-01", valid_until="2017-03-01")
    await open_county.service.deliver_all([open_county.defaulted(loan)])
    assert (await open_county.file(loan)).json()["state"] == "deciding"


async def test_a_claim_needs_a_confirmed_default_and_stands_once(open_county: County) -> None:
    county = open_county
    loan = await county.lend()
    assert refusal(await county.file(loan)) == (409, "loan-not-in-default")
    await county.service.deliver_all([county.defaulted(loan)])
    assert refusal(await county.file(loan, "2018-06-03")) == (422, "date-before-step")
    both = await asyncio.gather(county.file(loan), county.file(loan, subject="bank-clerk-2"))
    assert sorted(answer.status_code for answer in both) == [201, 409]
    assert refusal(await county.file(loan)) == (409, "claim-on-file")
    assert refusal(await county.file(county.loan())) == (404, "loan-unknown")


@pytest.mark.clause("LG-39")
async def test_a_refused_claim_may_be_filed_again(open_county: County) -> None:
    loan = await open_county.default()
    claim_id = await claim_of(open_county, loan)
    assert (await open_county.decide(claim_id, "member-1", "refuse")).json()["state"] == "refused"
    assert refusal(await open_county.decide(claim_id, "member-2")) == (409, "claim-not-to-decide")
    assert (await open_county.file(loan, "2018-07-01")).status_code == 201


@pytest.mark.clause("LG-39")
async def test_nobody_but_the_offices_on_the_committee_decides_each_once(open_county: County) -> None:
    claim_id = await claim_of(open_county, await open_county.default())
    path, body = (
        f"/claims/{claim_id}/decisions",
        {"decision": "approve", "decided_on": "2018-06-20", "reason": "已核实"},
    )
    for role in (Role.BANK, Role.INSURER, Role.VILLAGE, Role.AUDITOR):
        assert refusal(await open_county.post(path, body, role, organisation="x")) == (403, "right-missing"), role
    for role in (Role.TOWNSHIP, Role.FUND_COMMITTEE):
        answer = await open_county.post(path, body, role)
        assert refusal(answer) == (403, "other-office"), role
        assert answer.json()["values"]["offices"] == ["finance_bureau", "poverty_office", "service_centre"]
    assert (await open_county.decide(claim_id, "member-1")).json()["state"] == "deciding"
    colleague = await open_county.post(path, body, Role.FINANCE_BUREAU, "colleague of member-1")
    assert refusal(colleague) == (409, "office-decided")
    assert (await open_county.decide(claim_id, "member-2")).json()["state"] == "approved"
    offices = await open_county.service.database.pool.fetch("SELECT person, office FROM claim_decision ORDER BY 1")
    assert [tuple(row) for row in offices] == [("member-1", "finance_bureau"), ("member-2", "poverty_office")]


@pytest.mark.clause("LG-39")
async def test_hands_never_meet_twice(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    claim_id = (await county.file(loan, subject="many-hats")).json()["id"]
    assert refusal(await county.decide(claim_id, "many-hats")) == (403, "maker-is-checker")
    await county.decide(claim_id, "member-1")
    assert refusal(await county.decide(claim_id, "member-1")) == (409, "already-decided")
    await county.decide(claim_id, "member-2")
    for hand in ("many-hats", "member-1", "member-2"):
        assert refusal(await county.pay(claim_id, hand)) == (403, "maker-is-checker")
    assert (await county.pay(claim_id)).status_code == 201


@pytest.mark.clause("LG-39")
async def test_only_an_approved_claim_is_paid_and_once(open_county: County) -> None:
    loan = await open_county.default()
    claim_id = await claim_of(open_county, loan)
    assert refusal(await open_county.pay(claim_id)) == (409, "claim-not-approved")
    await open_county.decide(claim_id, "member-1")
    await open_county.decide(claim_id, "member-2")
    assert refusal(await open_county.pay(claim_id, on="2018-06-19")) == (422, "date-before-step")
    paid = await asyncio.gather(*(open_county.pay(claim_id) for _ in range(3)))
    assert sorted(answer.status_code for answer in paid) == [201, 409, 409]
    assert (await open_county.fund())["compensated"] == "40800.00"


@pytest.mark.clause("LG-39")
async def test_an_approval_may_be_taken_back_until_it_is_paid(open_county: County) -> None:
    claim_id = await approved(open_county, await open_county.default())
    assert (await open_county.decide(claim_id, "member-3", "refuse")).json()["state"] == "refused"
    assert refusal(await open_county.pay(claim_id)) == (409, "claim-not-approved")


async def test_refuses_decisions_dated_before_the_claim(open_county: County) -> None:
    claim_id = await claim_of(open_county, await open_county.default())
    early = await open_county.decide(claim_id, "member-1", on="2018-06-04")
    assert refusal(early) == (422, "date-before-step")


async def test_a_claim_whose_loan_was_repaid_further_is_out_of_date(open_county: County) -> None:
    county = open_county
    loan = await county.default()
    claim_id = await approved(county, loan)
    await county.service.deliver_all([county.repaid(loan, "100.00", "1000.01")])
    assert refusal(await county.pay(claim_id)) == (409, "claim-out-of-date")
    await county.decide(claim_id, "member-3", "refuse")
    again = (await county.file(loan, "2018-07-01")).json()
    assert (again["principal"], again["interest"]) == ("49900.00", "0.00")
    other = await claim_of(county, await county.default())
    assert (await county.decide(other, "member-1")).status_code == 201


@pytest.mark.clause("LG-21a")
async def test_interest_of_days_late_is_claimed_without_the_surcharge(
    open_county: County,
) -> None:
    county = open_county
    loan = await county.lend()
    await county.service.deliver_all([county.defaulted(loan, surcharge="29.33")])
    claim_id = await approved(county, loan)
    claim = (await county.get(f"/claims/{claim_id}")).json()
    assert (claim["interest"], claim["late_interest"], claim["amount"]) == ("1058.68", "58.67", "51058.68")
    await county.service.deliver_all([county.repaid(loan, "0.00", penalty="30.00", surcharge="10.00")])
    assert refusal(await county.pay(claim_id)) == (409, "claim-out-of-date")
    await county.decide(claim_id, "member-3", "refuse")
    again = (await county.file(loan, "2018-07-01")).json()
    assert (again["interest"], again["late_interest"]) == ("1038.68", "38.67")


@pytest.mark.clause("LG-38")
async def test_refuses_to_pay_more_than_the_fund_holds(county: County) -> None:
    await county.open_fund("10000.00")
    claim_id = await approved(county, await county.default("50000.00"))
    answer = await county.pay(claim_id)
    assert refusal(answer) == (409, "fund-cash-too-small")
    assert "30800.00" in answer.json()["detail"]
    await county.pay_in("30800.00")
    assert (await county.pay(claim_id)).status_code == 201
    assert (await county.fund())["balance"] == "0.00"


async def test_the_same_transfer_pays_one_claim(open_county: County) -> None:
    first = await approved(open_county, await open_county.default())
    second = await approved(open_county, await open_county.default())
    assert (await open_county.pay(first, bank_reference="ONE")).status_code == 201
    assert refusal(await open_county.pay(second, bank_reference="ONE")) == (409, "bank-reference-used")


async def test_a_compensation_of_penalty_interest_is_refused_by_name(county: County) -> None:
    await county.open_fund()
    shares = fengjie(compensation__covers_penalty=True)
    await county.service.database.pool.execute("UPDATE policy_pack SET content = $1, pack_id = $2", shares, new_id())
    assert refusal(await county.file(await county.default())) == (409, "loss-rule-not-served")


@pytest.mark.clause("LG-39")
async def test_a_claim_that_no_committee_could_decide_is_refused_when_it_is_filed(county: County) -> None:
    await county.open_fund()
    many = fengjie(compensation__committee_approvals_required=9)
    await county.service.database.pool.execute("UPDATE policy_pack SET content = $1, pack_id = $2", many, new_id())
    answer = await county.file(await county.default())
    assert refusal(answer) == (409, "committee-too-small")
    assert "9 名委员" in answer.json()["detail"]


async def test_decisions_only_grow(open_county: County) -> None:
    await approved(open_county, await open_county.default())
    with pytest.raises(asyncpg.RaiseError, match="only grows"):
        await open_county.service.database.pool.execute("UPDATE claim_decision SET decision = 'refuse'")


async def test_everyone_sees_their_own_part(open_county: County) -> None:
    county = open_county
    mine, other = await county.default(), await county.default(bank_code="abc")
    claim_id = await claim_of(county, mine)
    await claim_of(county, other)

    async def seen(role: Role, **who: Any) -> int:
        return len((await county.get("/claims", role, **who)).json()["items"])

    assert await seen(Role.FUND_COMMITTEE) == 2
    assert await seen(Role.BANK, organisation="cqrcb") == 1
    assert refusal(await county.get("/claims", Role.BANK)) == (403, "organisation-missing")
    assert await seen(Role.INSURER, organisation="picc") == 0
    assert await seen(Role.TOWNSHIP, region="500236002") == 0
    assert refusal(await county.get(f"/claims/{claim_id}", Role.BANK, organisation="abc")) == (404, "claim-unknown")
    stranger = await county.decide(claim_id, "member-1")
    assert stranger.status_code == 201
    body = {"decision": "approve", "decided_on": "2018-06-20", "reason": "x"}
    outside = await county.post(f"/claims/{claim_id}/decisions", body, Role.FINANCE_BUREAU, region="500237")
    assert refusal(outside) == (404, "claim-unknown")
    theft = {"loan_id": str(mine.loan_id), "filed_on": "2018-06-05"}
    assert refusal(await county.post("/claims", theft, Role.BANK, organisation="abc")) == (404, "loan-unknown")
    listed = await county.get("/claims?state=deciding&region_code=500236001", Role.AUDITOR)
    assert len(listed.json()["items"]) == 2


async def test_a_claim_crosses_five_files(open_county: County) -> None:
    loan = await open_county.lend("50000.00")
    assert (await open_county.insure(loan, "30000.00")).status_code == 201
    await open_county.service.deliver_all([open_county.defaulted(loan, "death")])
    with crossed() as files:
        assert (await open_county.file(loan)).status_code == 201
    assert "riskfund/claims/routes.py" in files
    assert len(files) <= FILES_MAX, files


async def test_a_claim_of_a_bank_that_the_pack_names_is_shared_by_its_own_shares(start_service: StartService) -> None:
    own = [{"bank_codes": ["psbc"], "fund_share": "0.70", "bank_share": "0.30"}]
    service = await start_service("riskfund")
    county = County(service)
    await county.confirm_pack(fengjie(compensation__lender_shares=own))
    await county.open_fund()
    for bank, fund in (("psbc", "35700.00"), ("cqrcb", "40800.00")):
        claim = await county.compensate(await county.default(bank_code=bank))
        assert (claim["amount"], claim["fund_amount"]) == ("51000.01", fund)
