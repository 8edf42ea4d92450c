"""A payee in force that proves wrong: withdrawn by two, and the household's money is held again."""

from typing import Any

from services.subsidy.tests.county import Loan, approved_batch, ask, instructions, lend, look, open_programme, pay
from services.subsidy.tests.test_ended_households import decide_payee, end, name_payee
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def _propose(
    subsidy: ServiceUnderTest, payee: dict[str, Any], on: str = "2017-12-29", subject: str = "wang", **who: Any
) -> dict[str, Any]:
    body = {"reason": "代领人伪造继承人委托书", "document": "村委会说明 2017-12", "proposed_on": on}
    path = f"/subsidy-payees/{payee['id']}/withdrawals"
    return await ask(subsidy, path, Role.POVERTY_OFFICE, body, subject=subject, **who)


async def _decide(
    subsidy: ServiceUnderTest, proposal: dict[str, Any], decision: str = "confirm", **who: Any
) -> dict[str, Any]:
    body = {"decision": decision, "decided_on": "2017-12-30"}
    if decision == "refuse":
        body["reason"] = "委托书属实"
    return await ask(subsidy, f"/subsidy-payee-reversals/{proposal['id']}/decisions", Role.FINANCE_BUREAU, body, **who)


async def _with_payee(subsidy: ServiceUnderTest) -> tuple[Loan, str, dict[str, Any]]:
    """Return a household that died out, a batch that owes it 100 yuan, and the payee in force for its heirs."""
    loan = Loan()
    await lend(subsidy, loan, loan.paid("100.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    await end(subsidy, loan)
    payee = await name_payee(subsidy, loan)
    await decide_payee(subsidy, payee)
    return loan, batch, payee


async def test_money_is_held_from_the_proposal_on_and_after_it_until_another_payee(subsidy: ServiceUnderTest) -> None:
    loan, batch, payee = await _with_payee(subsidy)
    proposal = await _propose(subsidy, payee)
    assert (proposal["subject"], proposal["subject_id"]) == ("subsidy_payee", payee["id"])
    held = await pay(subsidy, batch, expect=409)
    assert (held["code"], held["values"]["held"]) == ("nothing-to-pay", 1)
    assert (await _propose(subsidy, payee, expect=409))["code"] == "reversal-proposal-open"
    assert (await _decide(subsidy, proposal, subject="wang", expect=403))["code"] == "maker-is-checker"
    assert (await _decide(subsidy, proposal))["state"] == "confirmed"
    assert (await _decide(subsidy, proposal, expect=409))["code"] == "reversal-proposal-decided"
    held = await pay(subsidy, batch, expect=409)
    assert (held["code"], held["values"]["held"]) == ("nothing-to-pay", 1)
    (shown,) = (await look(subsidy, f"/subsidy-payees?household_id={loan.household_id}&state=withdrawn"))["items"]
    assert shown["id"] == payee["id"]

    await decide_payee(subsidy, await name_payee(subsidy, loan))
    (sent,) = await instructions(subsidy, (await pay(subsidy, batch))["id"])
    assert "100.00" in sent


async def test_a_payee_whose_withdrawal_is_refused_receives_as_before(subsidy: ServiceUnderTest) -> None:
    _, batch, payee = await _with_payee(subsidy)
    proposal = await _propose(subsidy, payee)
    (waits,) = (await look(subsidy, "/subsidy-payee-reversals?state=proposed"))["items"]
    assert waits["id"] == proposal["id"]
    assert (await _decide(subsidy, proposal, "refuse"))["state"] == "refused"
    (sent,) = await instructions(subsidy, (await pay(subsidy, batch))["id"])
    assert {"李四", "100.00"} <= set(sent)


async def test_only_who_receives_now_is_withdrawn(subsidy: ServiceUnderTest) -> None:
    loan, _, first = await _with_payee(subsidy)
    assert (await _propose(subsidy, first, on="2017-12-27", expect=422))["code"] == "date-before-step"
    proposal = await _propose(subsidy, first)
    second = await name_payee(subsidy, loan)
    refused = await _propose(subsidy, second, expect=409)
    assert (refused["code"], refused["values"]["state"]) == ("payee-not-in-force", "proposed")
    await decide_payee(subsidy, second)
    overtaken = await _decide(subsidy, proposal, expect=409)
    assert (overtaken["code"], overtaken["values"]["state"]) == ("payee-not-in-force", "replaced")
    assert (await _decide(subsidy, proposal, "refuse"))["state"] == "refused"
    assert (await _propose(subsidy, second, region="500237", expect=404))["code"] == "payee-unknown"
