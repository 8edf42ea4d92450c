"""Any legal order of what can happen to a fund keeps its invariants (F1 to F7)."""

from decimal import Decimal
from itertools import count
from typing import Any, Final
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.riskfund.tests.county import County, fengjie
from services.riskfund.tests.lending import Loan
from shared.access import Role
from shared.ids import new_id

_county_numbers = count(500300)
STEPS_MAX: Final = 60
DEEP: Final = ("disburse", "default", "claim", "decide", "pay", "recover", "return_share")

# Each of these finds nothing while the invariant of its name holds.
INVARIANTS: Final = {
    "F1 entries add up to zero": """
        SELECT e.id FROM journal_entry e LEFT JOIN posting p ON p.entry_id = e.id GROUP BY e.id
        HAVING count(p.amount) < 2 OR sum(p.amount) <> 0""",
    "F2 balances are the sums of postings": """
        SELECT a.code FROM ledger_account a LEFT JOIN posting p ON p.fund_id = a.fund_id AND p.account = a.code
        GROUP BY a.fund_id, a.code, a.balance HAVING a.balance <> coalesce(sum(p.amount), 0)""",
    "F2 running balances are right at every row": """
        SELECT entry_id FROM (
          SELECT p.*, sum(p.amount) OVER (PARTITION BY p.fund_id, p.account ORDER BY e.number) AS running
          FROM posting p JOIN journal_entry e ON e.id = p.entry_id) r WHERE running <> balance_after""",
    "F3 cash is never negative": """
        SELECT entry_id FROM posting WHERE account = 'fund_cash' AND balance_after < 0""",
    "F4 totals are the live reservations": """
        SELECT f.id FROM fund f LEFT JOIN cover_reservation r ON r.fund_id = f.id AND r.state = 'live'
        GROUP BY f.id HAVING f.reserved_total <> coalesce(sum(r.amount), 0)""",
    "F6 recoveries never exceed the payout": """
        SELECT c.id FROM claim c JOIN recovery r ON r.claim_id = c.id
        GROUP BY c.id HAVING sum(r.fund_share) > c.fund_amount""",
    "F10 all accounts together are zero": """
        SELECT fund_id FROM ledger_account GROUP BY fund_id HAVING sum(balance) <> 0""",
    "exposure is what is outstanding": """
        SELECT f.id FROM fund f LEFT JOIN covered_loan l ON l.fund_id = f.id
        GROUP BY f.id HAVING f.exposure_total <> coalesce(sum(l.outstanding), 0)""",
    "movements add up to the totals": """
        SELECT f.id FROM fund f JOIN ledger_account a ON a.fund_id = f.id AND a.code = 'fund_cash'
        LEFT JOIN cover_movement m ON m.fund_id = f.id GROUP BY f.id, a.balance
        HAVING (coalesce(sum(m.fund_change), 0), coalesce(sum(m.exposure_change), 0),
                coalesce(sum(m.reserved_change), 0)) <> (a.balance, f.exposure_total, f.reserved_total)""",
    "a bank's own account covers its loans, and the county's the others": """
        SELECT l.loan_id FROM covered_loan l JOIN fund f ON f.id = l.fund_id
        WHERE coalesce(f.bank_code, l.bank_code) <> l.bank_code OR f.bank_code IS NULL AND l.bank_code = 'psbc'""",
    "a claim is paid from the account that covered its loan": """
        SELECT c.id FROM claim c JOIN covered_loan l USING (loan_id) WHERE c.fund_id <> l.fund_id""",
    "nothing was out of order": "SELECT id FROM cover_exception",
}


class Life:
    """One county's accounts, the county's and that of a bank, with what could happen to them next."""

    def __init__(self, county: County, accounts: dict[str, str], data: st.DataObject) -> None:
        self.county, self.accounts, self.data = county, accounts, data
        self.live: list[Loan] = []  # hold cover, not yet paid out
        self.loans: list[Loan] = []
        self.defaulted: list[Loan] = []
        self.claimed: list[tuple[Loan, str]] = []
        self.approved: list[tuple[Loan, str]] = []
        self.paid: dict[str, tuple[Loan, Decimal]] = {}  # what is left to recover
        self.open: list[tuple[str, str]] = []
        self.members: dict[str, int] = {}

    def legal(self) -> list[str]:
        """Return what may happen now."""
        conditions = {
            "contribute": True,
            "reserve": True,
            "disburse": self.live,
            "release": self.live,
            "expire": self.live,
            "repay": self.loans,
            "default": self.loans,
            "claim": self.defaulted,
            "decide": self.claimed,
            "pay": self.approved,
            "recover": any(left > 0 for _, left in self.paid.values()),
            "return_share": self.open,
        }
        possible = [name for name, met in conditions.items() if met]
        return [*possible, *(name for name in possible if name in DEEP)]  # drawn more often, or few would get there

    def amount(self, most: Decimal) -> str:
        """Draw whole fen up to `most`."""
        return str(self.data.draw(st.decimals("0.01", most, places=2)))

    def take(self, among: list[Any]) -> Any:
        """Draw one out of a list."""
        return among.pop(self.data.draw(st.integers(0, len(among) - 1)))

    async def contribute(self) -> None:
        account = self.data.draw(st.sampled_from(list(self.accounts.values())))
        assert (await self.county.pay_in(self.amount(Decimal(20000)), account=account)).status_code == 201

    async def reserve(self) -> None:
        bank, number = self.data.draw(st.sampled_from(list(self.accounts))), self.data.draw(st.integers(1, 4))
        loans = [self.county.loan(self.amount(Decimal(50000)), bank_code=bank) for _ in range(number)]
        items = [(loan.application_id, str(loan.principal)) for loan in loans]
        said = (await self.county.reserve(items, bank_code=bank)).json()
        cover = said["cover"]
        assert cover["multiplier"] == ("4" if bank == "psbc" else "10")
        if said["reserved_applications"]:  # F7
            assert Decimal(cover["exposure"]) + Decimal(cover["reserved"]) <= Decimal(cover["limit"])
        self.live += [loan for loan in loans if str(loan.application_id) in said["reserved_applications"]]

    async def disburse(self) -> None:
        loan = self.take(self.live)
        await self.county.service.deliver_all([self.county.disbursed(loan)])
        self.loans.append(loan)

    async def release(self) -> None:
        loan = self.take(self.live)
        ended = self.data.draw(st.sampled_from([self.county.withdrawn, self.county.refused]))
        await self.county.service.deliver_all([ended(loan.application_id)])

    async def expire(self) -> None:
        body = {"county_code": self.county.code, "as_of": "2017-05-01"}
        run = await self.county.post("/jobs/expire-reservations/runs", body, Role.SERVICE_CENTRE)
        assert run.status_code == 201
        ended = "SELECT application_id FROM cover_reservation WHERE fund_id = ANY ($1::uuid[]) AND state = 'expired'"
        rows = await self.county.service.database.pool.fetch(ended, [UUID(each) for each in self.accounts.values()])
        expired = {row["application_id"] for row in rows}
        self.live = [loan for loan in self.live if loan.application_id not in expired]

    async def repay(self) -> None:
        loan = self.take(self.loans)
        part = self.amount(loan.outstanding)
        await self.county.service.deliver_all([self.county.repaid(loan, part, "1.00")])
        if loan.outstanding:
            self.loans.append(loan)
        else:
            await self.county.service.deliver_all([self.county.closed(loan)])

    async def default(self) -> None:
        loan = self.take(self.loans)
        event = self.county.defaulted(loan, interest=self.amount(Decimal(100)))
        await self.county.service.deliver_all([event])
        self.defaulted.append(loan)

    async def claim(self) -> None:
        loan = self.take(self.defaulted)
        self.claimed.append((loan, (await self.county.file(loan)).json()["id"]))

    async def decide(self) -> None:
        loan, claim_id = self.take(self.claimed)
        number = self.members[claim_id] = self.members.get(claim_id, 0) + 1
        decision = self.data.draw(st.sampled_from(["approve", "approve", "approve", "refuse"]))
        state = (await self.county.decide(claim_id, f"member-{number}", decision)).json()["state"]
        after = {"deciding": (self.claimed, (loan, claim_id)), "approved": (self.approved, (loan, claim_id))}
        into, item = after.get(state, (self.defaulted, loan))
        into.append(item)  # type: ignore[arg-type]

    async def pay(self) -> None:
        loan, claim_id = self.take(self.approved)
        answer = await self.county.pay(claim_id)
        if answer.status_code == 201:
            self.paid[claim_id] = (loan, Decimal(answer.json()["amount"]))
        else:
            assert answer.json()["code"] == "fund-cash-too-small"
            self.approved.append((loan, claim_id))

    async def recover(self) -> None:
        claim_id = self.data.draw(st.sampled_from([key for key, (_, left) in self.paid.items() if left > 0]))
        loan, left = self.paid[claim_id]
        part = self.amount(left)
        await self.county.service.deliver_all([self.county.recovered(loan, claim_id, part)])
        self.paid[claim_id] = (loan, left - Decimal(part))
        await self._find_open()

    async def return_share(self) -> None:
        recovery_id, share = self.take(self.open)
        assert (await self.county.give_back(recovery_id, share, bank=self.bank_of[recovery_id])).status_code == 201

    async def _find_open(self) -> None:
        found = await self.county.get(f"/recoveries?state=open&region_code={self.county.code}", Role.AUDITOR)
        self.open = [(item["id"], item["fund_share"]) for item in found.json()["items"]]
        self.bank_of = {item["id"]: item["bank_code"] for item in found.json()["items"]}


async def broken(county: County) -> list[str]:
    """Return the names of the invariants that do not hold."""
    async with county.service.database.connection() as conn:
        return [name for name, query in INVARIANTS.items() if await conn.fetch(query)]


@pytest.mark.clause("LG-37")
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
async def test_any_legal_order_keeps_the_funds_invariants(county: County, data: st.DataObject) -> None:
    new = County(county.service, code=str(next(_county_numbers)))
    await new.confirm_pack(fengjie(fund__lender_accounts=[{"bank_codes": ["psbc"], "multiplier": "4"}]))
    accounts = {"cqrcb": await new.open_fund("20000.00"), "psbc": await new.open_account("psbc", "20000.00")}
    life = Life(new, accounts, data)
    done = []
    for _ in range(data.draw(st.integers(20, STEPS_MAX))):
        done.append(data.draw(st.sampled_from(life.legal())))
        await getattr(life, done[-1])()
        assert await broken(new) == [], done


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE ledger_account SET balance = balance + 0.01 WHERE code = 'fund_cash'",
        "UPDATE fund SET reserved_total = reserved_total + 0.01",
        "UPDATE fund SET exposure_total = exposure_total + 0.01",
        "UPDATE covered_loan SET outstanding = outstanding - 0.01",
        "UPDATE cover_movement SET reserved_change = reserved_change + 0.01",
        "ALTER TABLE posting DISABLE TRIGGER USER; UPDATE posting SET balance_after = balance_after + 0.01",
    ],
)
async def test_the_invariants_notice_a_single_fen(county: County, damage: str) -> None:
    await county.open_fund("20000.00")
    await county.lend("50000.00")
    await county.reserve([(new_id(), "1000.00")])
    assert await broken(county) == []
    await county.service.database.pool.execute(damage)
    assert await broken(county) != []
