"""A loan is written off by two persons of the bank: its books change, the debt does not, money is taken as before."""

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.accounts.test_corrections import act, facts
from services.lending.tests.accounts.test_default_withdrawals import propose as propose_default_withdrawal
from services.lending.tests.accounts.test_known_at import Memory, now
from services.lending.tests.classes.test_classes import class_on, classify
from services.lending.tests.county import COUNTY, County, as_json, county_with_pack
from services.lending.tests.defaults.test_defaults import claim_for, defaulted, recover
from services.lending.tests.recoveries.test_recovery_reversals import decide as take_recovery_back
from services.lending.tests.recoveries.test_recovery_reversals import propose as propose_recovery_back
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, ensure_ledgers_agree
from services.lending.write_offs.rules.grounds import ground_of
from shared.access import Role
from shared.events.lending import LoanWrittenOff, RecoveryRecorded, RepaymentRecorded, WriteOffWithdrawn
from shared.ids import new_id
from shared.policy.vocabulary import LoanClass, WriteOffGround
from shared.testing.service import ServiceUnderTest

WRITE_OFF = {
    "amount": "1000.00",
    "papers": [{"kind": "bank_decision", "reference": "核销批复2018-7"}],
    "reason": "借款人无财产可供执行",
}
ON = "2018-04-11"
LOST_ON = "2019-03-20"  # more than 360 days after the interest of 20 December 2017 was due


async def propose(county: County, loan_id: str, **changed: Any) -> Any:
    return await county.post(f"/api/v1/loans/{loan_id}/write-offs", {**WRITE_OFF, "proposed_on": ON, **changed})


async def decide(county: County, write_off_id: str, **changed: Any) -> Any:
    body = {"decision": "confirm", "decided_on": "2018-04-12", **changed}
    return await act(county, f"write-offs/{write_off_id}/decisions", body)


async def propose_back(county: County, write_off_id: str, **changed: Any) -> Any:
    body = {"proposed_on": "2018-05-02", "reason": "核销错户", **changed}
    return await county.post(f"/api/v1/write-offs/{write_off_id}/reversals", body)


async def take_back(county: County, withdrawal_id: str, **changed: Any) -> Any:
    body = {"decision": "confirm", "decided_on": "2018-05-03", **changed}
    return await act(county, f"write-off-withdrawals/{withdrawal_id}/decisions", body)


async def compensated(county: County) -> dict[str, Any]:
    loan, confirmed = await defaulted(county)
    await county.service.deliver(claim_for(loan, confirmed))
    return loan


async def written_off(county: County, loan_id: str, on: str = "2018-04-12", **changed: Any) -> dict[str, Any]:
    proposed = await propose(county, loan_id, proposed_on=on, **changed)
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed"), proposed.text
    done = await decide(county, proposed.json()["id"], decided_on=on)
    assert (done.status_code, done.json()["state"]) == (201, "confirmed"), done.text
    found: dict[str, Any] = done.json()
    return found


async def figures(county: County, as_of: str) -> tuple[Any, ...]:
    report = (await county.get(f"/api/v1/reports/lending?region_code={COUNTY}&as_of={as_of}")).json()
    return report["loans_written_off"], report["amount_written_off"], report["recovered_after_write_off"]


@pytest.mark.parametrize(
    ("state", "loan_class", "allowed", "ground"),
    [
        ("compensated", LoanClass.SUBSTANDARD, None, "compensated"),
        ("compensated", LoanClass.LOSS, ("loss", "compensated"), "loss"),
        ("defaulted", LoanClass.DOUBTFUL, None, None),
        ("defaulted", LoanClass.DOUBTFUL, ("defaulted",), "defaulted"),
        ("defaulted", LoanClass.LOSS, None, "loss"),
        ("active", LoanClass.LOSS, ("defaulted", "compensated"), None),
        ("active", LoanClass.LOSS, (), None),
        ("active", LoanClass.DOUBTFUL, None, None),
    ],
)
def test_the_ground_is_the_first_that_is_allowed_and_met(
    state: str, loan_class: LoanClass, allowed: tuple[str, ...] | None, ground: str | None
) -> None:
    grounds = None if allowed is None else [WriteOffGround(each) for each in allowed]
    assert ground_of(state, loan_class, grounds) == ground


async def test_a_compensated_loan_that_is_written_off_owes_what_it_owed(county: County) -> None:
    loan = await compensated(county)
    before = await facts(county, loan["id"])
    assert (await class_on(county, loan["id"], "2018-06-01"))["loan_class"] == "substandard"
    done = await written_off(county, loan["id"])
    assert (done["ground"], done["loan_state"], done["recovered_since"]) == ("compensated", "compensated", "0.00")
    assert done["owed"] == (await county.account(loan["id"], "2018-04-12"))["payoff_amount"]

    after = await facts(county, loan["id"])
    assert (after.pop("written_off_on"), before.pop("written_off_on")) == ("2018-04-12", None)
    assert (after["account"].pop("written_off_on"), before["account"].pop("written_off_on")) == ("2018-04-12", None)
    assert after == before
    assert (await county.account(loan["id"], "2018-04-11"))["written_off_on"] is None
    name, data, version, _ = (await county.service.outbox())[-1]
    event = LoanWrittenOff.model_validate_json(as_json(data))
    assert (name, version, str(event.write_off_id), f"{event.amount}") == ("loan-written-off", 4, done["id"], "1000.00")
    assert await figures(county, "2018-06-01") == (1, "1000.00", "0.00")
    assert await figures(county, "2018-04-11") == (0, "0.00", "0.00")

    back = (await recover(county, loan["id"], "300.00", "V1")).json()
    assert back["after_write_off"] is True
    name, data, *_ = (await county.service.outbox())[-1]
    assert (name, RecoveryRecorded.model_validate_json(as_json(data)).after_write_off) == ("recovery-recorded", True)
    (listed,) = (await county.get(f"/api/v1/write-offs?loan_id={loan['id']}")).json()["items"]
    assert (listed["id"], listed["recovered_since"], listed["papers"][0]["kind"]) == (
        done["id"],
        "300.00",
        "bank_decision",
    )
    assert await figures(county, "2018-06-01") == (1, "1000.00", "300.00")
    path = f"/api/v1/loans/{loan['id']}/statement?from_on=2018-04-12&through_on=2018-12-31"
    lines = (await county.get(path)).json()["lines"]
    assert [(line["kind"], line["amount"], line["principal_outstanding"]) for line in lines] == [
        ("write_off", "1000.00", "50000.00"),
        ("recovery", "300.00", "50000.00"),
    ]
    wrong = (await propose_recovery_back(county, loan["id"], back["id"], proposed_on="2018-06-02")).json()
    assert (await take_recovery_back(county, wrong["id"], decided_on="2018-06-03")).status_code == 201
    (listed,) = (await county.get(f"/api/v1/write-offs?loan_id={loan['id']}")).json()["items"]
    assert listed["recovered_since"] == "0.00"
    assert await figures(county, "2018-06-03") == (1, "1000.00", "0.00")
    await ensure_ledgers_agree(county)


@pytest.mark.clause("LG-43(b)")
async def test_a_loan_that_is_written_off_is_a_loss_from_that_day_on(county: County) -> None:
    loan = await compensated(county)
    done = await written_off(county, loan["id"])
    assert (await class_on(county, loan["id"], "2018-04-11"))["loan_class"] == "substandard"
    found = await class_on(county, loan["id"], "2018-04-12")
    assert (found["loan_class"], found["by_rule"]) == ("loss", "loss")
    assert (await classify(county, "2018-05-01")).status_code == 201
    months = (await class_on(county, loan["id"], "2018-05-01"))["months"]
    assert [month["loan_class"] for month in months[-2:]] == ["substandard", "loss"]
    proposed = (await propose_back(county, done["id"])).json()
    assert (await take_back(county, proposed["id"])).status_code == 201
    assert (await class_on(county, loan["id"], "2018-04-12"))["loan_class"] == "substandard"


async def test_what_a_lost_loan_pays_after_the_write_off_is_booked_as_before_and_named_so(county: County) -> None:
    lost, twin = await county.lend(), await county.lend()
    memory = Memory(county, lost["id"])
    await memory.look()
    done = await written_off(county, lost["id"], LOST_ON, amount="50000.00")
    assert (done["ground"], done["loan_state"]) == ("loss", "active")
    assert await memory.ask("account?as_of=2018-12-31", await now(county)) == await memory.ask(
        "account?as_of=2018-12-31"
    )
    paid = [
        (await county.repay(loan["id"], "2000.00", "2019-04-01", f"R-{loan['id']}")).json() for loan in (lost, twin)
    ]
    assert [each["after_write_off"] for each in paid] == [True, False]
    for part in ("penalty", "surcharge", "interest", "principal", "principal_outstanding"):
        assert paid[0][part] == paid[1][part]
    events = [RepaymentRecorded.model_validate_json(as_json(data)) for name, data, *_ in await county.service.outbox()
              if name == "repayment-recorded"]  # fmt: skip
    assert {str(event.loan_id): event.after_write_off for event in events} == {lost["id"]: True, twin["id"]: False}
    earlier = await county.repay(lost["id"], "10.00", "2019-03-19", "R-before")
    assert earlier.json()["after_write_off"] is False
    line = f"F1,{lost['contract_number']},repayment,2019-04-02,20.00"
    sent = await county.send_file("repayment-files", HEADER, [line])
    assert sent.json()["recorded_count"] == 1, sent.text
    assert await figures(county, "2019-04-02") == (1, "50000.00", "2020.00")
    owed = (await county.account(lost["id"], "2019-05-01"))["payoff_amount"]
    closing = (await county.repay(lost["id"], owed, "2019-05-01", "R-all", "prepayment")).json()
    assert (closing["loan_closed"], closing["after_write_off"]) == (True, True)
    (listed,) = (await county.get(f"/api/v1/write-offs?loan_id={lost['id']}")).json()["items"]
    assert (listed["loan_state"], Decimal(listed["recovered_since"])) == ("closed", Decimal("2020.00") + Decimal(owed))
    await ensure_ledgers_agree(county)
    await memory.ensure_kept()


async def test_a_write_off_that_was_wrong_is_taken_back_by_two_persons_and_never_stood(county: County) -> None:
    loan = await compensated(county)
    before = await facts(county, loan["id"])
    done = await written_off(county, loan["id"])
    known = await now(county)
    memory = Memory(county, loan["id"])
    assert (await propose(county, loan["id"])).json()["code"] == "loan-written-off"
    early = await propose_back(county, done["id"], proposed_on=ON)
    assert early.json()["code"] == "date-before-step"
    proposed = (await propose_back(county, done["id"])).json()
    again = await propose_back(county, done["id"])
    assert (again.json()["code"], again.json()["values"]["withdrawal_id"]) == (
        "write-off-withdrawal-on-file",
        proposed["id"],
    )
    path = f"write-off-withdrawals/{proposed['id']}/decisions"
    own = {"decision": "confirm", "decided_on": "2018-05-03"}
    assert (await act(county, path, own, proposed["proposed_by"])).json()["code"] == "maker-is-checker"
    refused = await take_back(county, proposed["id"], decision="refuse", reason="核销无误")
    assert refused.json()["state"] == "refused"
    second = (await propose_back(county, done["id"])).json()
    given_up = await county.post(
        f"/api/v1/write-off-withdrawals/{second['id']}/withdrawals",
        {"withdrawn_on": "2018-05-03", "reason": "核对无误"},
    )
    assert given_up.json()["state"] == "withdrawn"
    third = (await propose_back(county, done["id"])).json()
    assert (await take_back(county, third["id"])).json()["state"] == "confirmed"

    assert await facts(county, loan["id"]) == before
    name, data, version, _ = (await county.service.outbox())[-1]
    event = WriteOffWithdrawn.model_validate_json(as_json(data))
    assert (name, version, str(event.write_off_id)) == ("write-off-withdrawn", 5, done["id"])
    assert await figures(county, "2018-06-01") == (0, "0.00", "0.00")
    assert (await memory.ask("account?as_of=2018-12-31", known))["written_off_on"] == "2018-04-12"
    (listed,) = (await county.get(f"/api/v1/write-offs?loan_id={loan['id']}")).json()["items"]
    assert (listed["state"], listed["reversed_on"]) == ("confirmed", "2018-05-03")
    assert len((await county.get("/api/v1/write-off-withdrawals?state=confirmed")).json()["items"]) == 1
    assert (await propose_back(county, done["id"])).json()["code"] == "write-off-withdrawal-on-file"
    assert (await written_off(county, loan["id"], "2018-05-04"))["id"] != done["id"]
    await ensure_ledgers_agree(county)


async def test_a_loan_without_ground_and_more_than_is_owed_are_not_written_off(county: County) -> None:
    loan, _ = await defaulted(county)
    answer = await propose(county, loan["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "no-ground-to-write-off"), answer.text
    assert answer.json()["values"] == {
        "state": "defaulted",
        "loan_class": "substandard",
        "allowed": ["compensated", "loss"],
    }
    owed = (await county.account(loan["id"], LOST_ON))["payoff_amount"]
    above = f"{Decimal(owed) + Decimal('0.01')}"
    too_much = await propose(county, loan["id"], proposed_on=LOST_ON, amount=above)
    assert (too_much.json()["code"], too_much.json()["values"]["owed"]) == ("write-off-above-owed", owed)
    assert (await propose(county, loan["id"], proposed_on="2018-03-01")).json()["code"] == "date-before-step"
    assert (await propose(county, loan["id"], papers=[])).json()["code"] == "invalid-request"
    assert (await propose(county, str(new_id()))).json()["code"] == "loan-unknown"
    other = await county.post(f"/api/v1/loans/{loan['id']}/write-offs", {**WRITE_OFF, "proposed_on": ON}, bank="psbc")
    assert other.json()["code"] == "loan-of-another-bank"
    all_of_it = (await propose(county, loan["id"], proposed_on=LOST_ON, amount=owed)).json()
    await county.repay(loan["id"], "50.00", LOST_ON, "R1")
    late = await decide(county, all_of_it["id"], decided_on=LOST_ON)
    assert (late.json()["code"], Decimal(late.json()["values"]["owed"])) == (
        "write-off-above-owed",
        Decimal(owed) - 50,
    )
    assert (await propose_back(county, all_of_it["id"])).json()["code"] == "write-off-not-in-force"
    assert (await propose_back(county, str(new_id()))).json()["code"] == "write-off-unknown"
    assert (await take_back(county, str(new_id()))).json()["code"] == "write-off-withdrawal-unknown"


async def test_two_proposals_at_once_are_one(county: County) -> None:
    loan = await compensated(county)
    answers = await asyncio.gather(*(propose(county, loan["id"]) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert codes == {"write-off-on-file"}
    (kept,) = [answer.json() for answer in answers if answer.status_code == 201]
    own = {"decision": "confirm", "decided_on": "2018-04-12"}
    alone = await act(county, f"write-offs/{kept['id']}/decisions", own, kept["proposed_by"])
    assert alone.json()["code"] == "maker-is-checker"
    assert (await decide(county, kept["id"], decision="refuse", reason="尚有财产")).json()["state"] == "refused"
    assert (await decide(county, kept["id"])).json()["code"] == "correction-decided"
    assert (await written_off(county, loan["id"]))["state"] == "confirmed"


async def test_a_county_may_allow_the_default_as_a_ground_and_it_stands_as_long_as_the_write_off(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__write_off_grounds=["defaulted"])
    loan, confirmed = await defaulted(county)
    waits = await propose_default_withdrawal(county, confirmed["id"])
    done = await written_off(county, loan["id"])
    assert done["ground"] == "defaulted"
    stands = {"decision": "confirm", "decided_on": "2018-04-13"}
    path = f"default-withdrawals/{waits.json()['id']}"
    centre = await county.post(f"/api/v1/{path}/decisions", stands, role=Role.SERVICE_CENTRE, subject="centre")
    assert (centre.status_code, centre.json()["code"]) == (409, "loan-written-off"), centre.text
    wrong = {"cause": "wrong_day", "reason": "放款日录错", "proposed_on": "2018-04-13"}
    cancelled = await county.post(f"/api/v1/loans/{loan['id']}/disbursement-reversals", wrong)
    assert cancelled.json()["code"] == "loan-written-off"
    back = (await propose_back(county, done["id"])).json()
    assert (await take_back(county, back["id"])).status_code == 201
    later = {**stands, "decided_on": "2018-05-04"}
    assert (await county.post(f"/api/v1/{path}/decisions", later, role=Role.SERVICE_CENTRE, subject="centre")).json()[
        "state"
    ] == "confirmed"
