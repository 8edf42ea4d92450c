"""A loan in default that is paid before the fund has to: its claim is lower by what came first, then void (LG-39)."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from services.registry.standing.lists.rules import is_listed_for_lateness
from shared.money import ZERO, yuan
from tools.demo import losses
from tools.demo.county import County, until
from tools.demo.facts import facts_arrived
from tools.demo.life import line, list_late_borrowers, send

HALF = Decimal("0.5")
LIST = "dishonesty"
GROUNDS = frozenset({"default_cured", "loan_repaid"})


@dataclass
class Cured:
    """How one default is cured; the household is late at first, and on the list where the pack has one for it."""

    county: County
    default: losses.Default

    async def live_through(self) -> None:
        """Report and confirm the default, take a part, file the claim on the rest, take the rest, void the claim."""
        county, days = self.county, self.county.life
        await losses.confirm(county, self.default)
        await self._listed()
        owed = await self._pay(days.part_paid_on, HALF)
        await facts_arrived(county)
        claim_id = await losses.file_claim(county, self.default)
        reader = county.offices["auditor"]
        claim = await reader.get(f"/claims/{claim_id}")
        self._check(claim["principal"], owed, "代偿申请只报尚欠本金", "The claim asks for what is still owed")
        await self._pay(days.cured_on, Decimal(1))
        account = await self._account(days.cured_on)
        found = (account["state"], account["closed_on"], Decimal(account["payoff_amount"]))
        self._check(found, ("closed", days.cured_on.isoformat(), ZERO), "欠款还清，贷款结清", "All is paid: closed")
        await until(lambda: self._is_void(claim_id), "the claim to be voided")
        voided = await reader.get(f"/claims/{claim_id}")
        known = voided["void_cause"] in GROUNDS and voided["fund_amount"] is None
        self._check(known, True, "未决代偿申请作废，基金不付款", "The claim is void; the fund pays nothing")
        await self._left_the_list()

    async def _pay(self, on: date, share: Decimal) -> Decimal:
        """Pay a share of what is owed on a day; return the principal that is left."""
        loan, arrears = self.default.loan, Decimal((await self._account(on))["arrears"])
        paid = yuan(arrears * share)
        await send(
            self.county,
            loan.bank_code,
            [line(self.county, loan.bank_code, loan.contract_number, "repayment", on, paid)],
        )
        account = await self._account(on)
        self._check(
            account["arrears"], arrears - paid, f"违约户还款 {paid:.2f} 元后尚欠", f"Owed after paying {paid:.2f}"
        )
        return Decimal(account["principal_outstanding"])

    async def _listed(self) -> None:
        rule, loan = self.county.pack.list_rule(), self.default.loan
        first_late, on = loan.matures_on + timedelta(days=1), self.county.life.reported_on
        if is_listed_for_lateness(rule, first_late, on):
            await list_late_borrowers(self.county, on)
            await until(lambda: self._are("listed"), "the household on the dishonesty list")
            self.county.clock.say(True, "逾期户列入失信名单", "The late household is on the dishonesty list")

    async def _left_the_list(self) -> None:
        for _ in await self._entries():
            await until(lambda: self._are("cleared"), "the household off the dishonesty list")
            (entry,) = await self._entries()
            on = self.county.life.cured_on.isoformat()
            self._check(entry["cleared_on"], on, "还清之日移出失信名单", "Off the list on the day it paid")

    async def _entries(self) -> list[Any]:
        county, loan = self.county, self.default.loan
        asked = {"region_code": county.code, "household_id": loan.household_id, "list_name": LIST}
        return [
            row for row in await county.offices["auditor"].every("/listings", **asked) if row["loan_id"] == loan.loan_id
        ]

    async def _are(self, state: str) -> bool:
        return [entry["state"] for entry in await self._entries()] == [state]

    async def _is_void(self, claim_id: str) -> bool:
        return bool((await self.county.offices["auditor"].get(f"/claims/{claim_id}"))["state"] == "voided")

    async def _account(self, on: date) -> dict[str, Any]:
        loan = self.default.loan
        bank = self.county.offices.bank(loan.bank_code)
        answer: dict[str, Any] = await bank.get(f"/loans/{loan.loan_id}/account", as_of=on.isoformat())
        return answer

    def _check(self, found: object, expected: object, zh: str, en: str) -> None:
        self.county.clock.check(found, expected, zh, en)
