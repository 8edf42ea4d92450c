"""A settlement posted on the wrong loan (串户): found, reversed by two persons of the bank, and everything put right.

The bank posts one household's settlement on another's loan. The first stays overdue, the second seems to owe less, and
the year's subsidy gives it back interest that it never paid. Then the posting is reversed and booked on the right loan
for the day on which it was paid; cover and subsidy follow. Every figure is worked out here and held against what the
services say.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shared.money import ZERO
from shared.offices import Step
from tools.demo import subsidies
from tools.demo.county import County, Loan
from tools.demo.facts import facts_arrived
from tools.demo.life import owed_on
from tools.demo.session import RequestFailed
from tools.demo.story import Mistake

MAKER_IS_CHECKER = "maker-is-checker"


@dataclass
class WrongLoan:
    """How one wrong posting runs its course; money in yuan."""

    county: County
    mistake: Mistake
    before: Any = None  # the other household's account the day before
    amount: Decimal = ZERO  # that was paid
    principal: Decimal = ZERO  # of it on the other household's loan
    repayment_id: str = ""
    line: Any = None  # of the subsidy for interest that the other household never paid
    granted: Decimal = ZERO

    async def post(self) -> None:
        """Let the bank post the payer's settlement on the other household's loan."""
        county, payer, other, on = self.county, self.mistake.payer, self.mistake.other, self.county.life.posted_wrong_on
        principal, interest = await owed_on(county, payer, on)
        self.amount = principal + interest
        quoted = (await self._account(payer, on))["payoff_amount"]
        self._check(
            quoted, self.amount, "结清试算：本金加实际用款天数利息", "Payoff quote: principal and interest by days"
        )
        self.before = await self._account(other, on)
        owed, accrued = await owed_on(county, other, on)
        self.principal = owed if self.amount >= owed + accrued else self.amount - accrued
        posted = await self._post(other, on)
        self.repayment_id = posted["id"]
        self._say(
            f"甲户 {payer.contract_number} 交来结清款 {self.amount:.2f} 元，误记入乙户 {other.contract_number}",
            f"The settlement of {payer.contract_number} is posted on {other.contract_number}",
        )
        self._check(
            posted["principal_outstanding"], owed - self.principal, "乙户账面本金因误记减少", "Seems to be owed"
        )
        left = (await self._account(payer, on))["principal_outstanding"]
        self._check(left, principal, "甲户账面本金分文未减", "Still owed by the household that paid")

    async def right(self) -> None:
        """Find it, take it back with a second person, book it on the right loan, and let cover and subsidy follow."""
        await self._find()
        exposure = await self._exposure()
        await self._reverse()
        await self._book()
        await facts_arrived(self.county)
        follows = exposure + self.principal - self.mistake.payer.principal
        self._check(await self._exposure(), follows, "风险补偿金在保余额随之更正", "The fund's exposure follows")
        await self._claw_back()
        await self._pay_own()
        await self._grant()

    async def _find(self) -> None:
        county, on = self.county, self.county.life.found_wrong_on
        account = await self._account(self.mistake.payer, on)
        due = max(each["due_on"] for each in account["dues"] if each["due_on"] <= on.isoformat())
        late = (on - max(date.fromisoformat(due), county.life.posted_wrong_on)).days
        self._check(
            account["days_past_due"], late, "甲户已结清却列逾期，天数", "Days past due of a loan that was settled"
        )
        self.line = await self._line_of(self.repayment_id, self.mistake.other)
        self.granted = Decimal(self.line["amount"])
        self._say(
            f"乙户凭误记款已获贴息 {self.granted:.2f} 元，甲户未获",
            f"The other household was granted {self.granted:.2f} yuan for it, the one that paid nothing",
        )

    async def _reverse(self) -> None:
        county, other, on = self.county, self.mistake.other, self.county.life.found_wrong_on
        clerk, chief = county.offices.bank_officers(other.bank_code)
        why = f"柜员串户：应记入 {self.mistake.payer.contract_number}"
        body = {"cause": "wrong_loan", "reason": why, "proposed_on": on.isoformat()}
        proposed = await clerk.post(f"/repayments/{self.repayment_id}/reversals", body)
        owed = Decimal(self.before["principal_outstanding"])
        self._check(proposed["after"]["principal_outstanding"], owed, "冲正申请：乙户本金将恢复", "Would be owed again")
        decision = {"decision": "confirm", "decided_on": on.isoformat()}
        path = f"/repayment-reversals/{proposed['id']}/decisions"
        refused = await _refusal(clerk.post(path, decision))
        self._check(refused, MAKER_IS_CHECKER, "本人不能复核自己的冲正", "Nobody confirms what he proposed")
        confirmed = await chief.post(path, decision)
        self._check(confirmed["state"], "confirmed", "另一人复核冲正", "Another person confirms the reversal")
        then = await self._account(other, county.life.posted_wrong_on)
        self._check(then, self.before, "乙户账务与误记之前完全一致", "The account is as it was before")

    async def _book(self) -> None:
        payer, on = self.mistake.payer, self.county.life.posted_wrong_on
        booked = await self._post(payer, on)
        self._check(
            booked["loan_closed"], True, "按实际交款日补记甲户，贷款结清", "Booked for the day it was paid: closed"
        )
        account = await self._account(payer, self.county.life.found_wrong_on)
        found = (account["closed_on"], account["penalty"], account["days_past_due"])
        self._check(
            found, (on.isoformat(), "0.00", 0), "甲户结清日、罚息、逾期天数", "Closed on, penalty, days past due"
        )

    async def _claw_back(self) -> None:
        """Take back what the other household was granted: one office proposes, another approves (DZ-7)."""
        county, on = self.county, self.county.life.found_wrong_on.isoformat()
        if not self.granted:
            return
        (over,) = [row for row in await self._differences("overpaid") if row["line_id"] == self.line["id"]]
        self._check(over["overpaid"], self.granted, "乙户多得贴息", "Granted too much")
        body = {"line_id": self.line["id"], "amount": over["overpaid"], "reason": "还款串户冲正", "decided_on": on}
        proposed = await county.taking(Step.SUBSIDY_REVIEW, place=1).post("/clawbacks", body)
        path = f"/clawbacks/{proposed['id']}/approvals"
        decision = {"decision": "approve", "approved_on": on}
        decided = await county.taking(Step.SUBSIDY_APPROVAL, place=2).post(path, decision)
        self._check(decided["state"], "approved", "追回经另一部门审批", "The claw-back is approved by another person")

    async def _pay_own(self) -> None:
        """Let the other household pay what the mistake had hidden: its own interest, which it had not paid."""
        other, on = self.mistake.other, self.county.life.righted_on
        owed = Decimal((await self._account(other, on))["arrears"])
        if owed:
            await self._post(other, on, "repayment", owed)
            left = await self._account(other, on)
            self._check(left["arrears"], ZERO, f"乙户补缴自身应付 {owed:.2f} 元后欠款", "Its own arrears, paid at last")
        await facts_arrived(self.county)

    async def _grant(self) -> None:
        """Give the household that paid its subsidy in a batch of its own for the period (应贴尽贴)."""
        county = self.county
        await subsidies.subsidise_late(county, county.life.posted_wrong_on, county.life.righted_on)
        lines = [row for row in await self._differences("underpaid") if row["loan_id"] == self.mistake.payer.loan_id]
        granted = await self._granted(self.mistake.payer)
        self._check(
            len(lines), 0, f"甲户补发贴息 {granted:.2f} 元后，应贴未贴", f"Granted {granted:.2f}; still lacking"
        )

    async def settled(self) -> None:
        """See at the end that the claw-back was offset and that nobody has too much or too little."""
        loans = {self.mistake.payer.loan_id, self.mistake.other.loan_id}
        reader = self.county.offices["auditor"]
        taken = [row for row in await reader.every("/clawbacks") if row["loan_id"] in loans]
        back = sum((Decimal(row["offset_amount"]) for row in taken), ZERO)
        brought = await self._granted(self.mistake.other) + back - self.granted
        self._check(back, min(self.granted, brought), "从乙户以后的贴息中扣回", "Offset from what it was granted later")
        over = [row for row in await self._differences("overpaid") if row["loan_id"] in loans]
        open_over = [row for row in over if row["overpaid"] != row["clawed_back"]]
        under = [row for row in await self._differences("underpaid") if row["loan_id"] in loans]
        self._check(len(open_over) + len(under), 0, "两户多贴、少贴均已了结", "Differences of the two households left")

    async def _post(
        self, loan: Loan, on: date, kind: str = "prepayment", amount: Decimal | None = None
    ) -> dict[str, Any]:
        clerk, _ = self.county.offices.bank_officers(loan.bank_code)
        body = {
            "bank_reference": self.county.reference(loan.bank_code),
            "kind": kind,
            "paid_on": on.isoformat(),
            "amount": f"{amount or self.amount:.2f}",
        }
        self.county.paid_days.add(on)
        answer: dict[str, Any] = await clerk.post(f"/loans/{loan.loan_id}/repayments", body)
        return answer

    async def _account(self, loan: Loan, on: date) -> dict[str, Any]:
        bank = self.county.offices.bank(loan.bank_code)
        answer: dict[str, Any] = await bank.get(f"/loans/{loan.loan_id}/account", as_of=on.isoformat())
        return answer

    async def _exposure(self) -> Decimal:
        report = await self.county.offices["auditor"].get("/reports/riskfund", region_code=self.county.code)
        return Decimal(report["exposure"])

    async def _differences(self, which: str) -> list[Any]:
        return await self.county.offices["auditor"].every(f"/{which}-lines", county_code=self.county.code)

    async def _lines(self, loan: Loan) -> list[Any]:
        reader, found = self.county.offices["auditor"], []
        for batch in await reader.every("/subsidy-batches", county_code=self.county.code):
            path = f"/subsidy-batches/{batch['id']}/lines"
            found += await reader.every(path, household_id=loan.household_id)
        return [row for row in found if row["loan_id"] == loan.loan_id]

    async def _line_of(self, repayment_id: str, loan: Loan) -> Any:
        (line,) = [row for row in await self._lines(loan) if row["repayment_id"] == repayment_id]
        return line

    async def _granted(self, loan: Loan) -> Decimal:
        return sum((Decimal(row["amount"]) for row in await self._lines(loan)), ZERO)

    def _say(self, zh: str, en: str) -> None:
        self.county.clock.say(True, zh, en)

    def _check(self, found: object, expected: object, zh: str, en: str) -> None:
        self.county.clock.check(found, expected, zh, en)


async def _refusal(asked: Any) -> str:
    """Return the code with which something is refused, empty when it is not."""
    try:
        await asked
    except RequestFailed as refused:
        return refused.code
    return ""
