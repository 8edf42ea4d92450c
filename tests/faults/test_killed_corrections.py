"""kill -9 at every step by which a loan is put right or a day is run: the step repeats, and happens once everywhere.

Long: each round kills services a dozen times. What a step does is one transaction; that nothing of it stays when it is
cut off between two statements is shown in `services/lending/tests/operations`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from shared.access import Right
from tests.faults.convergence import ensure_settled
from tests.faults.loans import own_loan
from tests.faults.test_killed_services import armed, revived
from tests.journeys.tiny_county import Place
from tools.demo.county import Loan

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

DAY = "2018-01-10"  # three weeks after the first interest fell due
HEADER = "bank_reference,contract_number,kind,paid_on,amount"
ROUNDS = {"web.before_commit": 0, "web.after_commit": 1}
Act = Callable[[], Awaitable[Any]]


async def killed_at(place: Place, service: str, failpoint: str, act: Act) -> Any:
    """Let a service die while it acts; the caller repeats under one key; return what it is answered in the end.

    What is refused at once kills nobody, and is raised.
    """
    await armed(place, service, failpoint)
    acting, reviving = asyncio.ensure_future(act()), asyncio.ensure_future(revived(place, service))
    await asyncio.wait({acting, reviving}, return_when=asyncio.FIRST_COMPLETED)
    if acting.done():
        acting.result()
    await reviving
    return await acting


@dataclass
class Correcting:
    """The people of one loan's bank, who put it right."""

    place: Place
    loan: Loan
    failpoint: str

    def __post_init__(self) -> None:
        self.clerk, self.chief = self.place.county.offices.bank_officers(self.loan.bank_code)
        self.path = f"/loans/{self.loan.loan_id}"

    def reference(self, name: str) -> str:
        """Return a reference of the bank's own."""
        return f"kill-{name}-{self.loan.loan_id[-12:]}"

    async def killed(self, act: Act, service: str = "lending") -> Any:
        """Act while the service dies."""
        return await killed_at(self.place, service, self.failpoint, act)

    async def repay(self, name: str, amount: str, kind: str = "repayment", day: str = DAY) -> Any:
        """Book a repayment."""
        body = {"bank_reference": self.reference(name), "kind": kind, "paid_on": day, "amount": amount}
        return await self.clerk.post(f"{self.path}/repayments", body)

    async def propose_reversal(self, repayment_id: str) -> Any:
        """Propose that a repayment be taken back."""
        body = {"cause": "wrong_loan", "reason": "柜员串户", "proposed_on": "2018-02-01"}
        return await self.clerk.post(f"/repayments/{repayment_id}/reversals", body)

    async def confirm(self, path: str, **more: str) -> Any:
        """Confirm what the clerk proposed."""
        return await self.chief.post(f"{path}/decisions", {"decision": "confirm", "decided_on": "2018-02-02", **more})

    async def only(self, path: str) -> Any:
        """Return the one thing of the loan in a list."""
        (one,) = await self.place.county.offices["auditor"].every(path, loan_id=self.loan.loan_id)
        return one


def correcting(place: Place, failpoint: str) -> Correcting:
    """Return the people of a loan that nobody else touches."""
    return Correcting(place, own_loan(place), failpoint)


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_reversal_and_refund_are_killed_at_every_step(lent: Place, failpoint: str) -> None:
    work = correcting(lent, failpoint)
    wrong = await work.killed(lambda: work.repay("wrong", "300.00"))
    reversal = await work.killed(lambda: work.propose_reversal(wrong["id"]))
    await work.killed(lambda: work.confirm(f"/repayment-reversals/{reversal['id']}"))
    assert (await work.only("/repayment-reversals"))["state"] == "confirmed"

    owed = (await work.clerk.get(f"{work.path}/account", as_of=DAY))["payoff_amount"]
    settled = await work.killed(lambda: work.repay("settled", owed, "prepayment"))
    assert settled["loan_closed"] is True
    await work.killed(lambda: work.repay("too-much", "500.00"))
    asked = {"amount": "500.00", "payee": "borrower", "account_reference": "A6228-1", "reason": "多还款退回"}
    refund = await work.killed(lambda: work.clerk.post(f"{work.path}/refunds", {**asked, "proposed_on": "2018-02-01"}))
    paid = {"bank_reference": work.reference("refund")}
    await work.killed(lambda: work.confirm(f"/refunds/{refund['id']}", **paid))
    assert (await work.only("/refunds"))["state"] == "confirmed"

    account = await work.clerk.get(f"{work.path}/account", as_of="2018-03-01")
    assert (account["held"], account["refund_missing"], account["closed_on"]) == ("0.00", "0.00", DAY)
    kept = (await work.clerk.get(f"{work.path}/repayments"))["items"]
    ours = [(row["bank_reference"], row["reversed_on"]) for row in kept if row["bank_reference"].startswith("kill-")]
    names = [(work.reference("wrong"), "2018-02-02"), (work.reference("settled"), None),
             (work.reference("too-much"), None)]  # fmt: skip
    assert sorted(ours, key=str) == sorted(names, key=str)
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_a_file_the_days_run_and_the_words_to_a_late_household_are_killed(lent: Place, failpoint: str) -> None:
    number, county = ROUNDS[failpoint], lent.county
    work, other = correcting(lent, failpoint), correcting(lent, failpoint)
    bank = county.offices.bank(work.loan.bank_code)
    mine = [each for each in (work, other) if each.loan.bank_code == work.loan.bank_code]
    rows = [
        f"{each.reference(f'file-{day}')},{each.loan.contract_number},repayment,{day},{amount}"
        for each in mine
        for day, amount in (("2017-12-20", "1.00"), ("2018-01-05", "2.00"), ("2017-06-01", "3.00"))
    ]
    content, total = "\n".join([HEADER, *rows, ""]).encode(), f"{6 * len(mine)}.00"
    sizes = {"line_count": len(rows), "total_amount": total}
    filed = await work.killed(lambda: bank.upload("/repayment-files", content, "text/csv", **sizes))
    assert (filed["recorded_count"], filed["already_recorded_count"], filed["rejected_count"]) == (len(rows), 0, 0)

    jobs = county.offices.with_right(Right.JOBS_RUN)
    for job, day in (("mark-overdue", f"2018-01-1{5 + number}"), ("classify-loans", f"201{7 + number}-12-31")):
        body = {"as_of": day, "county_code": county.code}
        ran = await work.killed(lambda: jobs.post(f"/jobs/{job}/runs", body))  # noqa: B023 - awaited at once
        assert await jobs.post(f"/jobs/{job}/runs", body) == ran, "a day runs once"
    body = {"as_of": f"2018-12-0{1 + number}", "county_code": county.code}
    await work.killed(lambda: jobs.post("/jobs/expire-reservations/runs", body), "riskfund")
    await work.killed(lambda: jobs.post("/jobs/open-duties/runs", body), "registry")

    said = {
        "office": "village_committee",
        "person": "李队长",
        "pressed_on": DAY,
        "result": "unable",
        "note": "入户了解",
    }
    village = county.offices.village_team(work.loan.village_code[:9])
    await work.killed(lambda: village.post(f"{work.path}/collection-records", said))
    pressed = (await work.clerk.get(f"{work.path}/collection-records"))["items"]
    assert [record["note"] for record in pressed] == ["入户了解"]
    news = {"news_kind": "illness", "observed_on": DAY, "sent_on": DAY, "words": "借款人住院。"}
    sent = await work.killed(lambda: village.post(f"{work.path}/borrower-news", news))
    answered = {"answered_on": DAY, "answer": "已入户。"}
    await work.killed(lambda: work.clerk.post(f"/borrower-news/{sent['id']}/answers", answered))
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ROUNDS)
async def test_a_correction_that_moves_money_between_two_loans_is_killed_at_every_step(
    lent: Place, failpoint: str
) -> None:
    work = correcting(lent, failpoint)
    other = own_loan(lent, work.loan.bank_code)
    wrong = await work.killed(lambda: work.repay("wrong", "300.00"))
    right = {"loan_id": other.loan_id, "bank_reference": work.reference("right"), "paid_on": DAY, "amount": "300.00"}
    said = {"cause": "wrong_loan", "reason": "柜员串户", "proposed_on": "2018-02-01", "replacement": right}
    proposed = await work.killed(lambda: work.clerk.post(f"/repayments/{wrong['id']}/reversals", said))
    done = await work.killed(lambda: work.confirm(f"/repayment-reversals/{proposed['id']}"))
    kept = (await work.clerk.get(f"/loans/{other.loan_id}/repayments"))["items"]
    moved = [row["id"] for row in kept if row["bank_reference"] == work.reference("right")]
    assert moved == [done["replacement"]["repayment_id"]]
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ["relay.before_publish", "relay.after_publish"])
async def test_what_was_restated_is_published_though_lending_dies_over_it(lent: Place, failpoint: str) -> None:
    work = correcting(lent, failpoint)
    wrong = await work.repay("wrong", "300.00")
    reversal = await work.propose_reversal(wrong["id"])
    await ensure_settled(lent)
    await work.killed(lambda: work.confirm(f"/repayment-reversals/{reversal['id']}"))
    assert (await work.only("/repayment-reversals"))["state"] == "confirmed"
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ["consumer.before_commit", "consumer.after_commit"])
async def test_who_hears_that_a_loan_was_restated_dies_and_hears_it_once(lent: Place, failpoint: str) -> None:
    work = correcting(lent, failpoint)
    wrong = await work.repay("wrong", "300.00")
    reversal = await work.propose_reversal(wrong["id"])
    await ensure_settled(lent)
    hearing = ("registry", "subsidy", "riskfund")
    for service in hearing:
        await armed(lent, service, failpoint)
    await work.confirm(f"/repayment-reversals/{reversal['id']}")
    for service in hearing:
        await revived(lent, service)
    await ensure_settled(lent)


@pytest.mark.parametrize(
    ("failpoint", "heard"),
    [("web.before_commit", "consumer.before_commit"), ("web.after_commit", "consumer.after_commit")],
)
async def test_a_rate_is_corrected_though_who_decides_it_and_who_follows_it_die(
    lent: Place, failpoint: str, heard: str
) -> None:
    offices = lent.county.offices
    maker, chief = offices["rates.officer"], offices["rates.chief"]
    wrong = [each for each in await chief.every("/reference-rates") if each["effective_from"] == "2015-10-24"]
    newest = max((each for each in wrong if each["basis"] == "PBOC_BENCHMARK"), key=lambda each: each["revision"])
    rate = Decimal(newest["over_1y_to_5y"]) - Decimal("0.05")  # lower than before, whichever round comes first
    columns = {"up_to_1y": newest["up_to_1y"], "over_1y_to_5y": f"{rate}", "over_5y": newest["over_5y"]}
    row = {"basis": "PBOC_BENCHMARK", "effective_from": "2015-10-24", **columns, "corrects": newest["id"]}
    asked = {"rates": [row], "reason": "与公告不一致"}
    made = await killed_at(lent, "subsidy", failpoint, lambda: maker.post("/reference-rate-proposals", asked))
    path = f"/reference-rate-proposals/{made['id']}"
    shown = await chief.get(f"{path}/consequences")
    seen = {name: shown[name] for name in ("loan_count", "interest_before", "interest_after")}
    decision = {"decision": "confirm", "reason": "核对一致", "consequences": seen}
    await armed(lent, "lending", heard)
    await killed_at(lent, "subsidy", failpoint, lambda: chief.post(f"{path}/decisions", decision))
    await revived(lent, "lending")
    await ensure_settled(lent)
    assert shown["loan_count"] > 0
    for item in shown["items"]:
        loan = await offices["auditor"].get(f"/loans/{item['loan_id']}")
        follows = loan["state"] != "compensated"  # what the fund has paid is not counted anew
        assert ((Decimal(loan["annual_rate"]) == rate), loan["interest_charged"]) == (follows, item["interest_after"])
