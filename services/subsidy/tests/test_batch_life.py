"""Batches lived through in any order: in the end each household has exactly what `spec.subsidy` gives for the facts.

Facts arrive while batches are prepared (by two officers at once), reviewed, approved, returned, paid, rejected, paid
again, closed and clawed back, and a request dies before its commit. After every step nothing is granted twice and no
more is paid than was granted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.subsidy.tests.county import COUNTY, Loan, confirmed, deliver, mark, open_programme, pack
from shared import failpoints
from shared.access import Role
from shared.events.lending import RepaymentRecorded
from shared.failpoints import VARIABLE
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import DayCount, PovertyState
from shared.testing.service import ServiceUnderTest
from spec.repeated import Paid, counted
from spec.subsidy import Contract, InterestPaid, StateFrom, subsidy_due, subsidy_status

SETTLE_FIRST = "  settle_first: {value: true, clause: FJ-11}\n"
FIXED = (SETTLE_FIRST, f'{SETTLE_FIRST}  fixed_rate: {{value: "4.00", clause: FJ-11}}\n')
LENT_ON = date(2017, 3, 1)
DAY = "2017-12-29"  # of all that follows the approval
ZERO = Decimal("0.00")
# Beyond what the lines of a part leave of its interest; paid beyond what a batch's lines give a household; the
# batch's own account of it; the programme's.
BROKEN = {
    "a part is granted more than its interest": """
SELECT l.repayment_id FROM subsidy_line l
JOIN interest_payment p ON (p.repayment_id, p.installment_number, p.loan_version)
  = (l.repayment_id, l.installment_number, l.part_version)
WHERE l.live AND l.kind <> 'clawback' GROUP BY l.repayment_id, l.installment_number
HAVING sum(l.amount - (SELECT coalesce(sum(r.amount), 0) FROM payment_reduction r WHERE r.line_id = l.id)
  - (SELECT coalesce(sum(c.by_facts), 0) FROM clawback c WHERE c.line_id = l.id AND c.state <> 'refused'))
  > max(p.amount)""",
    "a household is paid more than its lines give": """
SELECT i.batch_id FROM (SELECT batch_id, household_id, sum(amount) AS paid FROM payment_instruction
  WHERE state IN ('sent', 'paid') GROUP BY 1, 2) i
WHERE i.paid > (
  SELECT sum(l.amount - (SELECT coalesce(sum(r.amount), 0) FROM payment_reduction r WHERE r.line_id = l.id))
  FROM subsidy_line l WHERE l.batch_id = i.batch_id AND l.household_id = i.household_id)""",
    "a batch counts otherwise than its instructions": """
SELECT b.id FROM subsidy_batch b WHERE b.amount_paid <> (
  SELECT coalesce(sum(i.amount), 0) FROM payment_instruction i WHERE i.batch_id = b.id AND i.state = 'paid')""",
    "a programme counts otherwise than its batches": """
SELECT g.id FROM programme g JOIN LATERAL (
  SELECT coalesce(sum(amount_paid), 0) AS paid,
    coalesce(sum(amount - amount_paid - amount_reduced) FILTER (WHERE state IN ('approved', 'paying')), 0) AS committed
  FROM subsidy_batch WHERE programme_id = g.id) b ON true
WHERE (g.paid, g.committed) <> (b.paid, b.committed)""",
}


@dataclass
class Life:
    """One loan and what the facts say of it by now."""

    loan: Loan
    repayments: list[RepaymentRecorded] = field(default_factory=list)
    rates: list[tuple[date, str]] = field(default_factory=list)

    def paid(self, fen: int, place: int) -> RepaymentRecorded:
        """Return interest of one of four instalments, the fourth of which overlaps the first."""
        number = fen % 4 + 1
        start = LENT_ON if number == 4 else date(2017, 2 + number, 1)
        period = (start, date(2017, 3 + number % 4, 20 if number == 4 else 1))
        paid = self.loan.paid(f"{Decimal(fen).scaleb(-2):.2f}", on=date(2017, 9, 1), period=period, number=number)
        return paid.model_copy(update={"bank_reference": f"R-{place}"})

    def due(self, content: PolicyPack, states: list[StateFrom]) -> Decimal:
        """Return what the rule gives for all that counts."""
        rule, legacy = content.subsidy_rule(), content.legacy_loan_rules()
        later = tuple((day, Decimal(rate)) for day, rate in self.rates[1:])
        contract = Contract(Decimal(self.loan.principal), Decimal(self.loan.annual_rate), LENT_ON, later_rates=later)
        parts = [(each, part) for each in self.repayments for part in each.interest_parts]
        orders = [
            Paid(part.installment_number, part.period_from, part.period_until, part.amount,
                 (each.paid_on, False, each.bank_reference, part.installment_number, str(each.repayment_id)))
            for each, part in parts
        ]  # fmt: skip
        whole = counted(orders, contract.principal, contract.rate_on, DayCount.ACT_360)
        stands = subsidy_status(states, rule, LENT_ON)
        each_due = (
            subsidy_due(
                InterestPaid(part.amount, part.period_from, part.period_until, repeated=part.amount - counts),
                contract,
                stands,
                rule,
                legacy,
            ).amount
            for (_, part), counts in zip(parts, whole, strict=True)
        )
        return sum(each_due, ZERO)


@dataclass
class County:
    """Two households, one of them with two loans, and the officers of their county."""

    subsidy: ServiceUnderTest
    programme: str
    lives: list[Life]
    states: dict[UUID, list[tuple[date, str]]] = field(default_factory=dict)
    facts: int = 0

    async def ask(self, path: str, role: Role, body: dict[str, Any], *, subject: str | None = None) -> Any:
        """Send a write; what is refused is refused by name."""
        who = {"subject": subject} if subject else {}
        headers = self.subsidy.headers(role, **who)
        answer = await self.subsidy.client.post(f"/api/v1{path}", json=body, headers=headers)
        assert answer.status_code in (201, 409), answer.text
        return answer

    @property
    def preparation(self) -> dict[str, Any]:
        """Return what a batch of the year is asked with."""
        period = {"period_from": "2017-01-01", "period_until": "2018-01-01"}
        return {"county_code": COUNTY, "programme_id": self.programme, "prepared_on": "2017-12-25", **period}

    async def batches(self, *states: str) -> list[str]:
        """Return the batches in one of these states, the oldest first."""
        find = "SELECT id FROM subsidy_batch WHERE state = ANY ($1::text[]) AND programme_id = $2 ORDER BY id"
        rows = await self.subsidy.database.pool.fetch(find, list(states), UUID(self.programme))
        return [str(row["id"]) for row in rows]

    async def hear(self, kind: str, fen: int) -> None:
        """Let something about a loan or its household arrive."""
        self.facts += 1
        life = self.lives[fen % len(self.lives)]
        place = fen % max(len(life.repayments), 1)
        if kind == "state":
            state, day = ("lifted", "stably_lifted", "registered")[fen % 3], LENT_ON + timedelta(fen % 28)
            self.states.setdefault(life.loan.household_id, []).append((day, state))
            await mark(self.subsidy, life.loan, state, day, version=self.facts)
            return
        if kind == "repayment":
            life.repayments.append(life.paid(fen, self.facts))
            await deliver(self.subsidy, life.loan, life.repayments[-1])
            return
        for old in life.repayments[place : place + 1]:
            again = life.paid(fen, self.facts).model_copy(update={"repayment_id": old.repayment_id})
            life.repayments[place : place + 1] = {"changed": [again], "taken back": []}.get(kind, [old])
        if kind == "rate":
            life.rates = [(LENT_ON, life.loan.annual_rate), (LENT_ON + timedelta(1 + fen % 90), f"{3 + fen % 4}.35")]
        await deliver(self.subsidy, life.loan, life.loan.restated(*life.repayments, rates=life.rates))

    async def prepare(self, _: int) -> None:
        """Let two officers prepare at the same moment: one batch comes of it, or none."""
        twice = (self.ask("/subsidy-batches", Role.SERVICE_CENTRE, self.preparation, subject=who) for who in "ab")
        answers = await asyncio.gather(*twice)
        codes = sorted(answer.status_code for answer in answers)
        assert codes in ([201, 409], [409, 409]), codes
        refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
        assert refused == {"nothing-to-subsidise"}

    async def decide(self, step: str, batch: str, decision: str) -> None:
        """Let the next officer decide; what facts have overtaken is returned."""
        role, day = (Role.POVERTY_OFFICE, "reviewed_on") if step == "reviews" else (Role.FINANCE_BUREAU, "approved_on")
        body = {"decision": decision, "note": "核对", day: f"2017-12-2{6 if step == 'reviews' else 7}"}
        answer = await self.ask(f"/subsidy-batches/{batch}/{step}", role, body)
        if answer.status_code == 409:
            assert answer.json()["code"] in {"subsidy-lines-too-high", "subsidy-lines-too-low"}
            assert (await self.ask(f"/subsidy-batches/{batch}/{step}", role, body | {"decision": "return"})).is_success

    async def review(self, fen: int) -> None:
        """Review the oldest batch that waits for it; one of five is returned."""
        for batch in (await self.batches("prepared"))[:1]:
            await self.decide("reviews", batch, "return" if fen % 5 == 0 else "approve")

    async def approve(self, fen: int) -> None:
        """Approve the oldest batch that waits for it; one of five is returned."""
        for batch in (await self.batches("reviewed"))[:1]:
            await self.decide("approvals", batch, "return" if fen % 5 == 0 else "approve")

    async def end(self, _: int) -> None:
        """End what can be: an approved batch goes back, what of a paid one cannot be paid is closed."""
        for batch in (await self.batches("approved", "paying"))[:1]:
            for kind in ("return", "close"):
                body = {"kind": kind, "reason": "终结", "proposed_on": DAY}
                proposed = await self.ask(f"/subsidy-batches/{batch}/terminations", Role.POVERTY_OFFICE, body)
                if proposed.status_code == 201:
                    path = f"/batch-terminations/{proposed.json()['id']}/decisions"
                    decision = {"decision": "approve", "decided_on": DAY}
                    assert (await self.ask(path, Role.FINANCE_BUREAU, decision)).is_success
                    return

    async def pay(self, _: int) -> None:
        """Start a run of the oldest batch that has somebody to pay."""
        for batch in (await self.batches("approved", "paying"))[:1]:
            answer = await self.ask(f"/subsidy-batches/{batch}/payment-runs", Role.FINANCE_BUREAU, {"paid_on": DAY})
            assert answer.status_code == 201 or answer.json()["code"] == "nothing-to-pay"

    async def answer(self, fen: int) -> None:
        """Let the bank answer one run: two of three transfers arrive; all of them for 0."""
        find = "SELECT * FROM payment_instruction WHERE state = 'sent' ORDER BY run_id, id"
        sent = await self.subsidy.database.pool.fetch(find)
        runs = [row for row in sent if row["run_id"] == sent[0]["run_id"]]
        states = ["paid" if fen == 0 or (fen + number) % 3 else "rejected" for number in range(len(runs))]
        rows = [
            f"{row['id']},{state},{row['amount']},{DAY},{'' if state == 'paid' else '账号有误'}"
            for row, state in zip(runs, states, strict=True)
        ]
        for run in {row["run_id"] for row in runs}:
            answer = await self.subsidy.client.post(
                f"/api/v1/payment-runs/{run}/return-files",
                params={"line_count": str(len(rows)), "total_amount": f"{sum(row['amount'] for row in runs):.2f}"},
                content="\n".join(("instruction_id,state,amount,paid_on,reason", *rows)).encode(),
                headers=self.subsidy.headers(Role.FINANCE_BUREAU) | {"Content-Type": "text/csv"},
            )
            assert (answer.status_code, answer.json()["refused_count"]) == (201, 0), answer.text

    async def come_back(self, fen: int) -> None:
        """Let a transfer come back; one of three notices was wrong, if nothing was paid or granted since."""
        find = "SELECT id, amount FROM payment_instruction WHERE state = 'paid' ORDER BY id"
        paid = await self.subsidy.database.pool.fetch(find)
        for row in paid[fen % max(len(paid), 1) :][:1]:
            path = f"/payment-instructions/{row['id']}/returned-transfers"
            body = {"amount": f"{row['amount']:.2f}", "returned_on": DAY, "reason": "账号已销户"}
            notice = await self.ask(path, Role.FINANCE_BUREAU, body, subject="the bank")
            assert notice.status_code == 201 or notice.json()["code"] == "contradicts"
            if fen % 3 == 0 and notice.is_success:
                path = f"/returned-transfers/{notice.json()['id']}/withdrawals"
                await self.ask(path, Role.FINANCE_BUREAU, {"withdrawn_on": DAY, "reason": "银行误报"})

    async def claw_back(self, _: int) -> None:
        """Claw back what was paid too much."""
        asked = f"/api/v1/overpaid-lines?county_code={COUNTY}"
        found = await self.subsidy.client.get(asked, headers=self.subsidy.headers(Role.FINANCE_BUREAU))
        for line in found.json()["items"]:
            left = Decimal(line["overpaid"]) - Decimal(line["clawed_back"])
            if left <= 0:
                continue
            body = {"line_id": line["line_id"], "reason": "超贴", "decided_on": DAY, "amount": f"{left:.2f}"}
            proposed = await self.ask("/clawbacks", Role.POVERTY_OFFICE, body)
            if proposed.status_code == 201:
                decision = {"decision": "approve", "approved_on": DAY}
                path = f"/clawbacks/{proposed.json()['id']}/approvals"
                assert (await self.ask(path, Role.FINANCE_BUREAU, decision)).is_success

    async def die(self, fen: int) -> None:
        """Let a request die before its commit: nothing of it is left, and the next step finds what stood."""
        asked = [("/subsidy-batches", Role.SERVICE_CENTRE, self.preparation)]
        for batch in await self.batches("prepared"):
            body = {"decision": "return", "note": "核对", "reviewed_on": "2017-12-26"}
            asked.append((f"/subsidy-batches/{batch}/reviews", Role.POVERTY_OFFICE, body))
        for batch in await self.batches("reviewed"):
            body = {"decision": "approve", "note": "核对", "approved_on": "2017-12-27"}
            asked.append((f"/subsidy-batches/{batch}/approvals", Role.FINANCE_BUREAU, body))
        for batch in await self.batches("approved", "paying"):
            asked.append((f"/subsidy-batches/{batch}/payment-runs", Role.FINANCE_BUREAU, {"paid_on": DAY}))
            ended = {"kind": "close", "reason": "终结", "proposed_on": DAY}
            asked.append((f"/subsidy-batches/{batch}/terminations", Role.POVERTY_OFFICE, ended))
        path, role, sent = asked[fen % len(asked)]
        before = await self.counts()
        with patch.object(failpoints, "_armed", failpoints._read({VARIABLE: "web.before_commit=raise"})):
            answer = await self.subsidy.client.post(f"/api/v1{path}", json=sent, headers=self.subsidy.headers(role))
        assert answer.status_code in (500, 409), answer.text
        assert await self.counts() == before

    async def counts(self) -> tuple[Any, ...]:
        """Return how much there is of everything that a step writes."""
        tables = ("subsidy_batch", "batch_decision", "subsidy_line", "payment_run", "payment_instruction",
                  "batch_termination", "payment_reduction", "clawback", "outbox")  # fmt: skip
        counted_rows = ", ".join(f"(SELECT count(*) FROM {table})" for table in tables)
        states = "SELECT array_agg((id, state)::text ORDER BY id) FROM subsidy_batch"
        pool = self.subsidy.database.pool
        return (*(await pool.fetchrow(f"SELECT {counted_rows}")).values(), await pool.fetchval(states))

    async def settle(self) -> None:
        """Let everything that is under way come to its end, and what is still missing be paid."""
        for batch in await self.batches("prepared"):
            await self.decide("reviews", batch, "return")
        for batch in await self.batches("reviewed"):
            await self.decide("approvals", batch, "return")
        for _ in range(3):
            await self.pay_all()
            await self.prepare(1)
            await self.review(1)
            await self.approve(1)
        await self.pay_all()
        await self.claw_back(0)

    async def pay_all(self) -> None:
        """Pay until nobody is unpaid."""
        sent = "SELECT count(*) FROM payment_instruction WHERE state = 'sent'"
        while await self.subsidy.database.pool.fetchval(sent):
            await self.answer(0)
        while await self.batches("approved", "paying"):
            await self.pay(0)
            await self.answer(0)

    async def ensure_nothing_is_broken(self) -> None:
        """Hold what no step may break."""
        for what, query in BROKEN.items():
            assert await self.subsidy.database.pool.fetch(query) == [], what

    async def ensure_exact(self, content: PolicyPack) -> None:
        """Hold what each loan is granted and each household has against the rule."""
        due: dict[UUID, Decimal] = {}
        for life in self.lives:
            household = life.loan.household_id
            marked = dict(self.states.get(household, []))
            states = [StateFrom(day, PovertyState(state)) for day, state in sorted(marked.items())]
            found = life.due(content, states)
            assert await self.subsidy.database.pool.fetchval(GRANTED, life.loan.loan_id) == found
            due[household] = due.get(household, ZERO) + found
        for household, amount in due.items():
            assert await self.subsidy.database.pool.fetchval(IN_HAND, household) == amount


GRANTED = """
SELECT coalesce((SELECT sum(amount) FROM subsidy_line WHERE loan_id = $1 AND live AND kind <> 'clawback'), 0)
  - coalesce((SELECT sum(amount) FROM payment_reduction WHERE loan_id = $1), 0)
  - coalesce((SELECT sum(amount) FROM clawback WHERE loan_id = $1 AND state <> 'refused'), 0)
"""
IN_HAND = """
SELECT coalesce((SELECT sum(amount) FROM payment_instruction WHERE household_id = $1 AND state = 'paid'), 0)
  - coalesce((SELECT sum(amount - offset_amount) FROM clawback WHERE household_id = $1 AND state <> 'refused'), 0)
"""
FACTS = ("repayment", "changed", "taken back", "state", "rate")
ACTS: dict[str, Callable[[County, int], Awaitable[None]]] = {
    "prepare": County.prepare,
    "review": County.review,
    "approve": County.approve,
    "end": County.end,
    "pay": County.pay,
    "answer": County.answer,
    "come back": County.come_back,
    "claw back": County.claw_back,
    "die": County.die,
}
ROUND = ("prepare", "review", "approve", "pay", "answer")
STEPS = st.lists(
    st.tuples(st.sampled_from(("repayment", *FACTS, *ACTS, *ROUND)), st.integers(1, 40_000)), min_size=12, max_size=24
)


@pytest.mark.clause("DZ-7(a)")
@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(STEPS)
async def test_in_any_order_each_household_ends_with_exactly_what_the_rule_gives(
    subsidy: ServiceUnderTest, drawn: list[tuple[str, int]]
) -> None:
    content = pack(FIXED)
    if not await subsidy.database.pool.fetchval("SELECT count(*) FROM policy_pack WHERE pack_version = 2"):
        await subsidy.deliver(confirmed(content, version=2))
    one, other = Loan(pack_version=2), Loan(pack_version=2, principal="30000.00")
    lives = [Life(one), Life(Loan(pack_version=2, household_id=one.household_id)), Life(other)]
    found = await subsidy.database.pool.fetchval("SELECT id FROM programme")
    county = County(subsidy, str(found or await open_programme(subsidy, "100000000.00")), lives)
    for number, life in enumerate(lives):
        await deliver(subsidy, life.loan, life.loan.disbursed())
        await county.hear("repayment", 1000 * len(lives) + number)
    for step, fen in drawn:
        await (county.hear(step, fen) if step in FACTS else ACTS[step](county, fen))
        await county.ensure_nothing_is_broken()
    await county.settle()
    await county.ensure_nothing_is_broken()
    await county.ensure_exact(content)
