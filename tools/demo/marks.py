"""Two marks on the register that come too late: one is paid back in cash, the other brings a supplement (FJ-6, SX-5).

One household was in a state that ends its subsidy before its year's interest was reimbursed, and is marked only
afterwards: what it was given too much is clawed back, and since no later batch gives it anything it pays in cash.
Another is marked by mistake; the mark is put right after the batch, and a later batch adds what was withheld.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from shared.money import ZERO, yuan
from shared.offices import Step
from tools.demo import subsidies
from tools.demo.county import County, Loan, until
from tools.demo.story import Story

LATE_MARK_MONTH: Final = 11  # of the first year
PAYER: Final = "农户本人"


def late_from(county: County) -> date:
    """Return the day from which the household that is marked late was in the state."""
    return date(county.life.posted_wrong_on.year, LATE_MARK_MONTH, 1)


def marks_of(county: County, story: Story) -> "Marks | None":
    """Return the loans of the household that is marked late and of the one that is marked by mistake.

    Both outlive the year and have no other part in the story; none where no state ends the subsidy, or loans lack.
    """
    if not county.pack.subsidy_rule().stop_states:
        return None
    special = story.late | story.unpaid | story.in_default | story.settled_early
    special |= {story.mistake.other.contract_number} if story.mistake else set()
    longest = max(loan.term_months for loan in county.first_loans)
    free = [each for each in county.first_loans if each.term_months == longest and each.contract_number not in special]
    first = sorted(free, key=lambda loan: loan.contract_number)
    return Marks(county, first[0], first[1]) if len(first) > 1 else None


@dataclass
class Marks:
    """How both marks run their course; money in yuan."""

    county: County
    late: Loan
    mistaken: Loan
    state: str = ""  # of the household that is marked by mistake, before

    async def found_late(self) -> None:
        """Mark the household from its day on, take back what it was given too much, and book the cash it pays."""
        county, on = self.county, self.county.life.found_wrong_on
        await self._mark(self.late, county.pack.subsidy_rule().stop_states[0], late_from(county), "入户核查补登")
        over = await self._difference("overpaid", self.late)
        self._check(over["overpaid"], await self._too_much(), "稳定脱贫后多贴利息", "Granted for days after the state")
        proposed = await self._claw_back(over, on)
        before = await self._returned()
        body = {
            "amount": over["overpaid"],
            "bank_reference": county.reference(self.late.bank_code),
            "payer": PAYER,
            "received_on": county.life.righted_on.isoformat(),
            "note": "现金缴回多领贴息",
        }
        await county.taking(Step.SUBSIDY_REVIEW, place=1).post(f"/clawbacks/{proposed['id']}/receipts", body)
        paid_back = await self._clawback(proposed["id"])
        self._check(paid_back["received_amount"], Decimal(over["overpaid"]), "农户现金缴回", "Paid back in cash")
        self._check(paid_back["open_amount"], ZERO, "待追回余额", "Still to come back")
        came = await self._returned() - before
        self._check(came, Decimal(over["overpaid"]), "缴回款退回原项目可用资金", "Back in the programme that paid")

    async def mark_by_mistake(self) -> None:
        """Mark the other household, which is in no such state, as if it were."""
        county = self.county
        file = await county.offices["poverty.office"].get(f"/households/{self.mistaken.household_id}")
        self.state = file["poverty_state"]
        await self._mark(self.mistaken, county.pack.subsidy_rule().stop_states[0], county.life.lifted_from, "批量标注")

    async def put_right(self) -> None:
        """Give the household its own state again, and let a batch of its own add what was withheld."""
        county = self.county
        await self._mark(self.mistaken, self.state, county.life.lifted_from, "误标更正")
        under = await self._difference("underpaid", self.mistaken)
        batches = await subsidies.subsidise_late(county, county.life.last_interest_on, county.life.ends_on)
        self._check(batches["supplements"], Decimal(under["underpaid"]), "误标更正后补贴", "Supplement after the mark")
        left = await self._differences("underpaid", self.mistaken)
        self._check(len(left), 0, "应贴未贴", "Lines that still lack something")

    async def _too_much(self) -> Decimal:
        """Work out what a line gave for days from the mark on, of all days that its interest was paid for."""
        loan, since = self.late, late_from(self.county)
        path = f"/loans/{loan.loan_id}/installments"
        rows = (await self.county.offices.bank(loan.bank_code).get(path))["items"]
        too_much = ZERO
        for row in rows:
            start, end = date.fromisoformat(row["period_from"]), date.fromisoformat(row["due_on"])
            if Decimal(row["interest_paid"]) and end > since:
                paid, days = Decimal(row["interest_paid"]), (end - start).days
                too_much += paid - yuan(paid * max(0, (since - start).days) / days)
        return too_much

    async def _claw_back(self, over: Any, on: date) -> Any:
        body = {"line_id": over["line_id"], "amount": over["overpaid"], "reason": "稳定脱贫后不再贴息"}
        reviewer = self.county.taking(Step.SUBSIDY_REVIEW, place=1)
        proposed = await reviewer.post("/clawbacks", body | {"decided_on": on.isoformat()})
        decision = {"decision": "approve", "approved_on": on.isoformat()}
        approver = self.county.taking(Step.SUBSIDY_APPROVAL, place=2)
        return await approver.post(f"/clawbacks/{proposed['id']}/approvals", decision)

    async def _mark(self, loan: Loan, state: str, since: date, reason: str) -> None:
        body = {"household_ids": [loan.household_id], "state": state, "effective_from": since.isoformat()}
        await self.county.offices["poverty.office"].post("/household-status-changes", body | {"reason": reason})

    async def _difference(self, which: str, loan: Loan) -> Any:
        """Wait until the mark has arrived, and return the one line that it makes too high or too low."""

        async def is_seen() -> bool:
            return bool(await self._differences(which, loan))

        await until(is_seen, "the mark at the subsidy service")
        (line,) = await self._differences(which, loan)
        return line

    async def _differences(self, which: str, loan: Loan) -> list[Any]:
        rows = await self.county.offices["auditor"].every(f"/{which}-lines", county_code=self.county.code)
        return [row for row in rows if row["loan_id"] == loan.loan_id]

    async def _clawback(self, clawback_id: str) -> Any:
        rows = await self.county.offices["auditor"].every("/clawbacks")
        return next(row for row in rows if row["id"] == clawback_id)

    async def _returned(self) -> Decimal:
        programme = self.county.programmes[late_from(self.county).year]
        return Decimal((await self.county.offices["auditor"].get(f"/programmes/{programme}"))["returned"])

    def _check(self, found: object, expected: object, zh: str, en: str) -> None:
        self.county.clock.check(found, expected, zh, en)
