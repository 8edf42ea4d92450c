"""Penalty and interest that two persons of a bank remit, over HTTP; small differences that nobody has to decide."""

import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.accounts.test_corrections import SECOND, act, facts
from services.lending.tests.county import COUNTY, County, county_with_pack
from services.lending.tests.defaults.test_defaults import claim_for, report
from services.lending.tests.defaults.test_defaults import confirm as confirm_default
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, ensure_ledgers_agree
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

ON = "2018-02-01"


async def propose(county: County, loan_id: str, remits: str = "penalty", amount: str = "8.00", **changed: Any) -> Any:
    body = {
        "remits": remits,
        "amount": amount,
        "value_on": "2018-01-10",
        "reason": "借款人因灾协商减免",
        "proposed_on": ON,
    }
    return await county.post(f"/api/v1/loans/{loan_id}/remissions", {**body, **changed})


async def decide(county: County, path: str, subject: str = SECOND, **changed: Any) -> Any:
    return await act(county, f"{path}/decisions", {"decision": "confirm", "decided_on": ON, **changed}, subject)


async def remit(county: County, loan_id: str, remits: str = "penalty", amount: str = "8.00") -> dict[str, Any]:
    proposed = await propose(county, loan_id, remits, amount)
    assert proposed.status_code == 201, proposed.text
    decided = await decide(county, f"remissions/{proposed.json()['id']}")
    assert decided.status_code == 201, decided.text
    shown: dict[str, Any] = decided.json()
    return shown


async def remission(county: County, remission_id: str) -> dict[str, Any]:
    items = (await county.get("/api/v1/remissions")).json()["items"]
    found: dict[str, Any] = next(each for each in items if each["id"] == remission_id)
    return found


async def test_two_persons_remit_penalty_and_it_is_owed_no_more(county: County) -> None:
    loan_id = (await county.lend())["id"]
    owed = await county.account(loan_id, "2018-01-10")
    assert Decimal(owed["penalty"]) > 2
    proposed = (await propose(county, loan_id, amount="2.00")).json()
    assert (proposed["state"], proposed["remitted"]) == ("proposed", "2.00")
    assert await county.account(loan_id, "2018-01-10") == owed
    own = await decide(county, f"remissions/{proposed['id']}", subject=proposed["proposed_by"])
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")

    decided = (await decide(county, f"remissions/{proposed['id']}")).json()

    assert (decided["remitted"], decided["after"]["penalty_remitted"]) == ("2.00", "2.00")
    account = await county.account(loan_id, "2018-01-10")
    left = Decimal(owed["penalty"]) - 2
    assert (account["penalty"], account["remitted"]) == (f"{left:.2f}", "2.00")
    assert Decimal(account["payoff_amount"]) == Decimal(owed["payoff_amount"]) - 2
    name, event, *_ = (await county.service.outbox())[-1]
    assert (name, event["cause"], event["after"]["penalty_remitted"]) == ("loan-restated", "remission", "2.00")
    assert event["after"]["penalty_paid"] == event["after"]["interest_paid"] == "0.00"
    statement = (await county.get(f"/api/v1/loans/{loan_id}/statement?from_on=2018-01-01&through_on=2018-06-01")).json()
    (line,) = statement["lines"]
    assert (line["kind"], line["value_on"], line["amount"], line["penalty"]) == (
        "remission",
        "2018-01-10",
        "2.00",
        "2.00",
    )
    assert 0 < Decimal(line["surcharge"]) < 2
    await ensure_ledgers_agree(county)


async def test_no_more_than_is_left_is_remitted_and_later_corrections_are_followed(county: County) -> None:
    loan_id = (await county.lend())["id"]
    owed = (await county.account(loan_id, "2018-01-10"))["penalty"]
    done = await remit(county, loan_id, amount="500.00")
    assert (done["amount"], done["remitted"]) == ("500.00", owed)

    late = (await county.repay(loan_id, "1.00", "2018-01-05", "R1")).json()
    assert late["penalty"] == "1.00"
    account = await county.account(loan_id, "2018-01-10")
    left = Decimal(account["dues"][0]["penalty_due"]) - 1
    assert (await remission(county, done["id"]))["remitted"] == account["remitted"] == f"{left:.2f}"
    assert (account["penalty"], account["dues"][0]["penalty_paid"]) == ("0.00", "1.00")
    await ensure_ledgers_agree(county)


async def test_interest_that_is_remitted_is_no_part_of_what_was_paid(county: County) -> None:
    loan_id = (await county.lend())["id"]
    asked = Decimal((await county.installments(loan_id))[0]["interest_due"])
    await remit(county, loan_id, "interest", "100.00")
    due = (await county.account(loan_id, "2018-01-10"))["dues"][0]
    assert (due["interest_due"], due["interest_remitted"], due["interest_paid"]) == (f"{asked:.2f}", "100.00", "0.00")
    arrears = (await county.account(loan_id, "2018-01-10"))["arrears"]
    paid = (await county.repay(loan_id, arrears, "2018-01-10", "R1")).json()
    assert (paid["interest"], paid["held"]) == (f"{asked - 100:.2f}", "0.00")
    account = await county.account(loan_id, "2018-01-10")
    assert (account["arrears"], account["overdue_from"], account["remitted"]) == ("0.00", None, "100.00")
    assert (await county.loan(loan_id))["interest_paid"] == f"{asked - 100:.2f}"
    await ensure_ledgers_agree(county)


async def test_a_remission_is_taken_back_by_two_persons_and_never_stood(county: County) -> None:
    loan_id = (await county.lend())["id"]
    before = await facts(county, loan_id)
    done = await remit(county, loan_id)
    path = f"/api/v1/remissions/{done['id']}/reversals"
    body = {"reason": "减免对象有误", "proposed_on": ON}
    early = await county.post(path, {**body, "proposed_on": "2018-01-31"})
    assert early.json()["code"] == "date-before-step"
    proposed = (await county.post(path, body)).json()
    assert (await county.post(path, body)).json()["code"] == "remission-reversal-on-file"
    own = await decide(county, f"remission-reversals/{proposed['id']}", subject=proposed["proposed_by"])
    assert own.json()["code"] == "maker-is-checker"
    refused = await decide(county, f"remission-reversals/{proposed['id']}", decision="refuse", reason="减免无误")
    assert (refused.json()["state"], (await remission(county, done["id"]))["reversed_on"]) == ("refused", None)

    anew = (await county.post(path, body)).json()
    decided = (await decide(county, f"remission-reversals/{anew['id']}")).json()

    assert (decided["state"], decided["after"]) == ("confirmed", anew["after"])
    assert await facts(county, loan_id) == before
    shown = await remission(county, done["id"])
    assert (shown["reversed_on"], shown["remitted"]) == (ON, "0.00")
    listed = (await county.get("/api/v1/remission-reversals?state=confirmed")).json()["items"]
    assert [each["id"] for each in listed] == [anew["id"]]
    await ensure_ledgers_agree(county)


async def test_what_cannot_be_remitted_is_refused_by_name(county: County) -> None:
    loan_id = (await county.lend())["id"]
    assert (await propose(county, loan_id, value_on="2017-12-20")).json()["code"] == "nothing-to-remit"
    assert (await propose(county, loan_id, value_on="2017-03-05")).json()["code"] == "date-before-step"
    assert (await propose(county, loan_id, proposed_on="2018-01-09")).json()["code"] == "date-before-step"
    other = await county.post(
        f"/api/v1/loans/{loan_id}/remissions",
        {"remits": "penalty", "amount": "1.00", "value_on": ON, "reason": "试", "proposed_on": ON},
        bank="psbc",
    )
    assert (other.status_code, other.json()["code"]) == (403, "loan-of-another-bank")
    assert (await propose(county, str(new_id()))).json()["code"] == "loan-unknown"
    proposed = (await propose(county, loan_id)).json()
    assert (await propose(county, loan_id)).json()["code"] == "remission-on-file"
    taken_back = f"/api/v1/remissions/{proposed['id']}/reversals"
    body = {"reason": "试", "proposed_on": ON}
    assert (await county.post(taken_back, body)).json()["code"] == "remission-not-in-force"
    withdrawal = {"withdrawn_on": ON, "reason": "填错"}
    path = f"remissions/{proposed['id']}/withdrawals"
    assert (await act(county, path, withdrawal)).json()["code"] == "only-the-proposer"
    assert (await act(county, path, withdrawal, subject=proposed["proposed_by"])).json()["state"] == "withdrawn"
    assert (await decide(county, f"remissions/{proposed['id']}")).json()["code"] == "correction-decided"
    assert (await decide(county, f"remissions/{new_id()}")).json()["code"] == "remission-unknown"
    assert (await decide(county, f"remission-reversals/{new_id()}")).json()["code"] == "remission-reversal-unknown"


async def test_what_was_paid_before_the_confirmation_leaves_nothing_to_remit(county: County) -> None:
    loan_id = (await county.lend())["id"]
    proposed = (await propose(county, loan_id)).json()
    arrears = (await county.account(loan_id, "2018-01-09"))["arrears"]
    await county.repay(loan_id, arrears, "2018-01-09", "R1")
    decided = await decide(county, f"remissions/{proposed['id']}")
    assert (decided.status_code, decided.json()["code"]) == (409, "nothing-to-remit")
    assert (await remission(county, proposed["id"]))["state"] == "proposed"


async def test_a_compensated_loan_remits_nothing(county: County) -> None:
    loan = await county.lend()
    reported = (await report(county, loan["id"])).json()
    confirmed = (await confirm_default(county, reported["id"], "2018-04-02")).json()
    await county.service.deliver(claim_for(loan, confirmed))
    assert (await propose(county, loan["id"])).json()["code"] == "loan-compensated-already"


@pytest.fixture
async def lenient(start_service: Callable[..., Awaitable[ServiceUnderTest]]) -> County:
    """Return a county in which a due that was paid may lack a yuan."""
    return await county_with_pack(await start_service("lending"), repayment__tolerance="1.00")


async def test_a_due_that_lacks_a_little_is_met_and_what_was_remitted_shows(lenient: County) -> None:
    one, two, three = [await lenient.lend() for _ in range(3)]
    due = Decimal((await lenient.installments(one["id"]))[0]["interest_due"])
    paid = (await lenient.repay(one["id"], f"{due - 1:.2f}", "2017-12-20", "R1")).json()
    line = f"R2,{two['contract_number']},repayment,2017-12-20,{due - 1:.2f}"
    filed = (await lenient.send_file("repayment-files", HEADER, [line])).json()
    assert (filed["recorded_count"], filed["remitted"]) == (1, "1.00")
    assert (await lenient.get(f"/api/v1/repayment-files/{filed['id']}")).json() == filed
    await lenient.repay(three["id"], f"{due - Decimal('1.01'):.2f}", "2017-12-20", "R3")
    run = {"as_of": "2018-01-10", "county_code": COUNTY}
    marked = (await lenient.post("/api/v1/jobs/mark-overdue/runs", run, role=Role.SERVICE_CENTRE)).json()

    assert (paid["interest"], paid["held"], paid["remitted"]) == (f"{due - 1:.2f}", "0.00", "1.00")
    assert marked["loans_marked"] == 1
    for loan in (one, two):
        account = await lenient.account(loan["id"], "2018-01-10")
        assert (account["arrears"], account["penalty"], account["remitted"]) == ("0.00", "0.00", "1.00")
        assert (await lenient.loan(loan["id"]))["interest_paid"] == f"{due - 1:.2f}"
        shown = (
            await lenient.get(f"/api/v1/loans/{loan['id']}/statement?from_on=2017-12-20&through_on=2018-01-10")
        ).json()["lines"]
        assert [(each["kind"], each["amount"]) for each in shown][1:] == [("small_difference", "1.00")]
    assert (await lenient.account(three["id"], "2018-01-10"))["remitted"] == "0.00"
    await ensure_ledgers_agree(lenient)


async def test_what_was_paid_ahead_and_lacks_a_little_is_met_on_its_day(lenient: County) -> None:
    loan_id = (await lenient.lend())["id"]
    due = Decimal((await lenient.installments(loan_id))[0]["interest_due"])
    await lenient.repay(loan_id, f"{due - Decimal('0.30'):.2f}", "2017-12-01", "R1")
    assert (await lenient.account(loan_id, "2017-12-19"))["remitted"] == "0.00"
    assert (await lenient.account(loan_id, "2017-12-20"))["remitted"] == "0.30"
    for paid_on, asks in (("2017-12-19", True), ("2017-12-20", False), ("2018-01-10", False)):
        dues = (await lenient.get(f"/api/v1/dues.csv?due_through=2017-12-20&paid_on={paid_on}")).text
        assert (loan_id in dues) is asks
    for day in ("2017-12-19", "2017-12-20", "2018-01-10"):
        run = {"as_of": day, "county_code": COUNTY}
        marked = (await lenient.post("/api/v1/jobs/mark-overdue/runs", run, role=Role.SERVICE_CENTRE)).json()
        assert marked["loans_overdue"] == 0
        stored = (await lenient.installments(loan_id))[0]["interest_remitted"]
        assert stored == ("0.00" if day == "2017-12-19" else "0.30")
    names = [(name, json.loads(json.dumps(data, default=str)).get("cause")) for name, data, *_ in
             await lenient.service.outbox()]  # fmt: skip
    assert names[-1] == ("loan-restated", "tolerance")
    await ensure_ledgers_agree(lenient)


async def test_a_settlement_that_lacks_a_little_closes_the_loan_and_too_much_is_held(lenient: County) -> None:
    short, more = [await lenient.lend("30000.00") for _ in range(2)]
    figure = Decimal((await lenient.account(short["id"], "2017-12-01"))["payoff_amount"])
    paid = (
        await lenient.repay(short["id"], f"{figure - Decimal('0.02'):.2f}", "2017-12-01", "R1", "prepayment")
    ).json()
    assert (paid["loan_closed"], paid["held"]) == (True, "0.00")
    loan = await lenient.loan(short["id"])
    remitted = Decimal(loan["principal_remitted"]) + Decimal(loan["interest_remitted"])
    assert (loan["state"], loan["principal_outstanding"], remitted) == ("closed", "0.00", Decimal("0.02"))
    over = (await lenient.repay(more["id"], f"{figure + Decimal('0.02'):.2f}", "2017-12-01", "R2", "prepayment")).json()
    assert (over["loan_closed"], over["held"]) == (True, "0.02")
    await ensure_ledgers_agree(lenient)
    report = (await lenient.get(f"/api/v1/reports/lending?region_code={COUNTY}&as_of=2017-12-01")).json()
    left = [each["outstanding"] for each in (report, *report["by_product"])]
    assert (Decimal(loan["principal_remitted"]) > 0, left) == (True, ["0.00", "0.00"])
