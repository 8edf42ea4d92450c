"""Misuses that two persons of a bank find, say to be put right, and take back, over HTTP."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.accounts.test_corrections import SECOND, act
from services.lending.tests.county import County
from services.lending.tests.defaults.test_defaults import claim_for, confirm, report
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, ensure_ledgers_agree
from shared.access import Role
from shared.ids import new_id

ON = "2017-11-01"
PAPERS = [{"kind": "account_flow", "reference": "2017-09账户流水第3页", "sha256": "ab" * 32}]
FOUND = {"amount": "50000.00", "from_on": "2017-09-01", "papers": PAPERS, "reason": "资金用于建房", "proposed_on": ON}


async def propose(county: County, loan_id: str, **changed: Any) -> Any:
    return await county.post(f"/api/v1/loans/{loan_id}/misuses", {**FOUND, **changed})


async def decide(county: County, path: str, subject: str = SECOND, **changed: Any) -> Any:
    return await act(county, f"{path}/decisions", {"decision": "confirm", "decided_on": ON, **changed}, subject)


async def find(county: County, loan_id: str, **changed: Any) -> dict[str, Any]:
    """Find a misuse by two persons."""
    proposed = await propose(county, loan_id, **changed)
    assert proposed.status_code == 201, proposed.text
    decided = await decide(county, f"misuses/{proposed.json()['id']}")
    assert decided.status_code == 201, decided.text
    shown: dict[str, Any] = decided.json()
    return shown


async def propose_end(county: County, misuse_id: str, **changed: Any) -> Any:
    papers = [{"kind": "rectification_proof", "reference": "整改验收单1号"}]
    body = {"ended_on": "2017-10-01", "papers": papers, "reason": "资金已收回", "proposed_on": ON}
    return await county.post(f"/api/v1/misuses/{misuse_id}/terminations", {**body, **changed})


async def propose_back(county: County, misuse_id: str, on: str = ON) -> Any:
    return await county.post(f"/api/v1/misuses/{misuse_id}/reversals", {"reason": "认定有误", "proposed_on": on})


def published(events: list[Any]) -> list[Any]:
    """Return the days of misuse that each restatement published."""
    return [data["misused"] for name, data, *_ in events if name == "loan-restated"]


async def test_two_persons_find_a_misuse_and_its_rate_takes_the_place_of_the_contracts(county: County) -> None:
    loan_id = (await county.lend())["id"]
    before = await county.account(loan_id, ON)
    proposed = (await propose(county, loan_id)).json()
    # 61 days at 6.597222 more than the contract's rate.
    assert (proposed["state"], proposed["penalty"], proposed["multiplier"]) == ("proposed", "402.43", "2")
    assert await county.account(loan_id, ON) == before
    own = await decide(county, f"misuses/{proposed['id']}", subject=proposed["proposed_by"])
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")

    decided = (await decide(county, f"misuses/{proposed['id']}")).json()

    assert (decided["penalty"], decided["papers"]) == ("402.43", PAPERS)
    account = await county.account(loan_id, ON)
    assert (account["penalty"], account["surcharge"], account["arrears"]) == ("402.43",) * 3
    assert (account["interest_accrued"], account["overdue_from"]) == (before["interest_accrued"], None)
    assert Decimal(account["payoff_amount"]) == Decimal(before["payoff_amount"]) + Decimal("402.43")
    # What ends the loan grows by both a day: 6.597222 of interest and as much of misuse.
    assert Decimal(account["payoff_per_day"]) in (Decimal("13.19"), Decimal("13.20"))
    due = next(due for due in account["dues"] if due["of_misuse"])
    assert (due["due_on"], due["penalty_due"], due["surcharge_due"]) == ("2017-09-01", "402.43", "402.43")
    assert published(await county.service.outbox()) == [[{"from_on": "2017-09-01", "until_on": None}]]
    statement = (await county.get(f"/api/v1/loans/{loan_id}/statement?from_on=2017-03-06&through_on={ON}")).json()
    assert [(line["kind"], line["value_on"], line["amount"]) for line in statement["lines"]] == [
        ("disbursement", "2017-03-06", "50000.00"),
        ("misuse", "2017-09-01", "50000.00"),
    ]
    dues = await county.get(f"/api/v1/dues.csv?due_from=2017-03-06&due_through=2017-12-20&paid_on={ON}")
    assert any(",2017-09-01,2017-09-01,0.00,0.00,402.43,402.43," in line for line in dues.text.splitlines())
    await ensure_ledgers_agree(county)


async def test_money_pays_it_by_the_account_alone_or_in_a_file_and_its_repayment_ends_it(county: County) -> None:
    loans = [await county.lend() for _ in range(2)]
    for loan in loans:
        await find(county, loan["id"], amount="10000.00", from_on="2017-10-02")
    # 30 days of 10 000.00 are 39.58 more; 240 days of 50 000.00 are 1 583.33; the rest is principal.
    paid = (await county.repay(loans[0]["id"], "11622.91", ON, "R1", "prepayment")).json()
    assert (paid["penalty"], paid["surcharge"], paid["interest"]) == ("39.58", "39.58", "1583.33")
    number = loans[1]["contract_number"]
    filed = await county.send_file("repayment-files", HEADER, [f"R2,{number},prepayment,{ON},11622.91"])
    assert filed.json()["recorded_count"] == 1, filed.text
    one, other = [await county.account(loan["id"], "2018-01-10") for loan in loans]
    assert {**one, "loan_id": ""} == {**other, "loan_id": ""}
    assert sum(Decimal(due["penalty_due"]) for due in one["dues"] if due["of_misuse"]) == Decimal("39.58")
    ends = {"from_on": "2017-10-02", "until_on": ON}
    assert published(await county.service.outbox())[-2:] == [[ends]] * 2
    await ensure_ledgers_agree(county)


async def test_a_misuse_that_was_put_right_ends_and_one_that_was_none_never_stood(county: County) -> None:
    loan_id = (await county.lend())["id"]
    before = await county.account(loan_id, ON)
    misuse_id = (await find(county, loan_id))["id"]
    early = await propose_end(county, misuse_id, ended_on="2017-09-01")
    assert (early.status_code, early.json()["code"]) == (409, "misuse-ends-at-once")
    termination = (await propose_end(county, misuse_id)).json()
    assert (await propose_end(county, misuse_id)).json()["code"] == "misuse-termination-on-file"
    assert (await decide(county, f"misuse-terminations/{termination['id']}")).status_code == 201
    # 30 days at 6.597222.
    assert (await county.account(loan_id, ON))["penalty"] == "197.92"
    assert published(await county.service.outbox())[-1] == [{"from_on": "2017-09-01", "until_on": "2017-10-01"}]

    again = await propose(county, loan_id, from_on="2017-09-30")
    assert again.json()["code"] == "date-before-step"
    second = await find(county, loan_id, from_on="2017-10-01")
    assert second["penalty"] == "204.51"
    for each in (second["id"], misuse_id):
        reversal = (await propose_back(county, each)).json()
        assert (await propose_back(county, each)).json()["code"] == "misuse-reversal-on-file"
        assert (await decide(county, f"misuse-reversals/{reversal['id']}")).status_code == 201
    assert {**(await county.account(loan_id, ON)), "dues": None} == {**before, "dues": None}
    assert (published(await county.service.outbox())[-1], (await county.installments(loan_id))[0]["of_misuse"]) == (
        [],
        False,
    )
    listed = (await county.get(f"/api/v1/misuses?loan_id={loan_id}")).json()["items"]
    assert [(each["ended_on"], each["reversed_on"]) for each in listed] == [("2017-10-01", ON), (None, ON)]
    await ensure_ledgers_agree(county)


async def test_what_is_refused_is_refused_by_name(county: County) -> None:
    loan = await county.lend()
    for body, code in (
        ({"amount": "50000.01"}, "more-than-was-lent"),
        ({"from_on": "2017-03-05"}, "date-before-step"),
        ({"from_on": ON, "proposed_on": "2017-10-31"}, "date-before-step"),
        ({"papers": []}, "invalid-request"),
    ):
        answer = await propose(county, loan["id"], **body)
        assert answer.json()["code"] == code, answer.text
    assert (await propose(county, str(new_id()))).json()["code"] == "loan-unknown"
    other = await county.post(f"/api/v1/loans/{loan['id']}/misuses", FOUND, bank="other")
    assert other.json()["code"] == "loan-of-another-bank"
    centre = await county.post(f"/api/v1/loans/{loan['id']}/misuses", FOUND, role=Role.SERVICE_CENTRE)
    assert centre.status_code == 403
    misuse = (await propose(county, loan["id"])).json()
    assert (await propose(county, loan["id"])).json()["code"] == "misuse-on-file"
    assert (await propose_end(county, misuse["id"])).json()["code"] == "misuse-not-in-force"
    assert (await propose_end(county, str(new_id()))).json()["code"] == "misuse-unknown"
    gone = await county.post(f"/api/v1/misuses/{misuse['id']}/withdrawals", {"withdrawn_on": ON, "reason": "重复"})
    assert (gone.status_code, gone.json()["state"]) == (201, "withdrawn")
    settled = (await county.account(loan["id"], ON))["payoff_amount"]
    await county.repay(loan["id"], settled, ON, "R1", "prepayment")
    late = await propose(county, loan["id"], from_on="2017-11-02", proposed_on="2017-11-03")
    assert late.json()["code"] == "nothing-misused"


@pytest.mark.clause("LG-21a")
async def test_a_claim_takes_nothing_of_what_misuse_adds_and_then_nobody_finds_any(county: County) -> None:
    loan = await county.lend(disbursed_on=date(2017, 3, 6))
    misuse_id = (await find(county, loan["id"]))["id"]
    reported = (await report(county, loan["id"])).json()
    confirmed = (await confirm(county, reported["id"], "2018-04-02")).json()
    due = (await county.account(loan["id"], "2018-04-02"))["dues"]
    added = next(Decimal(each["penalty_due"]) for each in due if each["of_misuse"])
    assert added == Decimal("1405.21")  # 213 days; interest that is late has a surcharge of its own
    assert Decimal(confirmed["surcharge_overdue"]) > added
    penalty, surcharge = (Decimal(confirmed[name]) for name in ("penalty_overdue", "surcharge_overdue"))
    assert penalty - surcharge < penalty - added
    await county.service.deliver(claim_for(loan, confirmed))
    late = "2018-04-10"
    for refused in (
        await propose(county, loan["id"], proposed_on=late),
        await propose_end(county, misuse_id, proposed_on=late),
        await propose_back(county, misuse_id, late),
    ):
        assert refused.json()["code"] == "loan-compensated-already", refused.text


async def test_a_disbursement_stays_while_a_misuse_of_it_stands(county: County) -> None:
    loan_id = (await county.lend())["id"]
    await find(county, loan_id)
    body = {"cause": "wrong_day", "reason": "放款日有误", "proposed_on": ON}
    refused = await county.post(f"/api/v1/loans/{loan_id}/disbursement-reversals", body)
    assert (refused.json()["code"], refused.json()["values"]["misuses"]) == ("loan-has-postings", 1)
