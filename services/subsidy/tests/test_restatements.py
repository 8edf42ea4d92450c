"""What was granted follows the facts: too little is supplemented, too much is not paid or comes back."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.subsidy.tests.county import (
    Loan,
    approve,
    approved_batch,
    ask,
    confirm,
    deliver,
    instructions,
    lend,
    look,
    mark,
    open_programme,
    paid_rows,
    pay,
    prepare,
    review,
)
from shared.access import Role
from shared.events.lending import RepaymentRecorded
from shared.testing.service import ServiceUnderTest

YEAR = (date(2017, 3, 1), date(2017, 12, 20))
LATER = {"period_from": "2018-01-01", "period_until": "2019-01-01"}


async def _lines(subsidy: ServiceUnderTest, batch_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await look(subsidy, f"/subsidy-batches/{batch_id}/lines"))["items"]
    return found


async def _list(subsidy: ServiceUnderTest, which: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await look(subsidy, f"/{which}-lines?county_code=500236"))["items"]
    return found


async def _paid_batch(subsidy: ServiceUnderTest, programme: str, **period: str) -> str:
    batch = await approved_batch(subsidy, programme, **period)
    run = await pay(subsidy, batch)
    sent = await instructions(subsidy, run["id"])
    if sent:
        await confirm(subsidy, run["id"], paid_rows(sent, str(run["paid_on"])))
    return batch


async def _claw_back(subsidy: ServiceUnderTest, line_id: str, amount: str) -> None:
    body = {"line_id": line_id, "amount": amount, "reason": "冲正", "decided_on": "2019-02-01"}
    proposed = await ask(subsidy, "/clawbacks", Role.POVERTY_OFFICE, body)
    decision = {"decision": "approve", "approved_on": "2019-02-02"}
    await ask(subsidy, f"/clawbacks/{proposed['id']}/approvals", Role.FINANCE_BUREAU, decision)


@pytest.mark.parametrize(
    ("until", "sums", "granted"),
    [
        pytest.param(date(2017, 3, 10), ("100.00", "342.01"), "442.01", id="window, then settled"),
        pytest.param(date(2017, 3, 10), ("10.00", "432.01"), "442.01", id="ten first"),
        pytest.param(date(2017, 2, 25), ("100.00", "342.02"), "442.01", id="a fen above the contract"),
        pytest.param(date(2017, 3, 10), ("442.01", "50.00"), "492.01", id="the rest of the longer one"),
        pytest.param(date(2017, 3, 10), ("527.78", "442.01"), "527.78", id="every day paid twice"),
    ],
)
async def test_interest_paid_ahead_and_the_rest_of_it_are_both_subsidised(
    subsidy: ServiceUnderTest, until: date, sums: tuple[str, str], granted: str
) -> None:
    """50 000 at 4.75 %, 67 and 80 days: the contract bears 442.01 and 527.78."""
    loan = Loan(annual_rate="4.75", disbursed_on=date(2016, 12, 20))
    ahead = loan.paid(sums[0], on=date(2017, 2, 20), period=(date(2016, 12, 20), until), number=1)
    settled = (date(2016, 12, 20), date(2017, 2, 25))
    rest = loan.paid(sums[1], on=date(2017, 2, 25), period=settled, number=2, kind="prepayment")
    await lend(subsidy, loan, ahead, rest)
    assert (await prepare(subsidy, await open_programme(subsidy)))["amount"] == granted


@pytest.mark.clause("DZ-7")
async def test_a_line_stays_as_it_was_decided_when_its_repayment_is_taken_back(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    wrong = loan.paid("100.00", period=YEAR, penalty="3.00")
    await lend(subsidy, loan, wrong)
    batch = await _paid_batch(subsidy, await open_programme(subsidy))
    await deliver(subsidy, loan, loan.restated(reversed_repayments=[wrong.repayment_id]))
    [line] = await _lines(subsidy, batch)
    assert (line["interest"], line["amount"], line["is_restated"]) == ("100.00", "100.00", True)
    assert (line["period_from"], line["bank_reference"]) == ("2017-03-01", wrong.bank_reference)
    [over] = await _list(subsidy, "overpaid")
    assert (over["line_id"], over["overpaid"], over["due_today"]) == (line["id"], "100.00", "0.00")
    report = await look(subsidy, "/reports/subsidy?region_code=500236")
    assert (report["interest_paid"], report["penalty_paid"], report["subsidy_paid"]) == ("0.00", "0.00", "100.00")
    await _claw_back(subsidy, line["id"], "60.00")
    await _claw_back(subsidy, line["id"], "40.00")
    assert [each["clawed_back"] for each in await _list(subsidy, "overpaid")] == ["100.00"]
    await deliver(subsidy, loan, loan.restated(wrong))  # it was right after all: the household has it back
    programme = await open_programme(subsidy, year=2019)
    again = await prepare(subsidy, programme, period_from="2019-01-01", period_until="2020-01-01")
    assert (again["supplements"], again["clawed_back"]) == ("100.00", "100.00")


async def test_what_came_back_of_a_line_stays_settled_when_the_household_pays_further_interest(
    subsidy: ServiceUnderTest,
) -> None:
    loan = Loan()
    wrong = loan.paid("100.00", period=YEAR)
    await lend(subsidy, loan, wrong)
    batch = await _paid_batch(subsidy, await open_programme(subsidy))
    await deliver(subsidy, loan, loan.restated(reversed_repayments=[wrong.repayment_id]))
    [line] = await _lines(subsidy, batch)
    await _claw_back(subsidy, line["id"], "100.00")
    await deliver(subsidy, loan, loan.paid("40.00", on=date(2019, 2, 20), period=(YEAR[1], date(2019, 2, 20))))
    [over] = await _list(subsidy, "overpaid")
    assert (over["overpaid"], over["due_today"], over["clawed_back"]) == ("100.00", "0.00", "100.00")
    programme = await open_programme(subsidy, year=2019)
    later = await prepare(subsidy, programme, period_from="2019-01-01", period_until="2020-01-01")
    assert (later["clawed_back"], later["amount"]) == ("40.00", "0.00")


async def test_interest_booked_under_another_reference_is_granted_once(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    wrong = loan.paid("100.00", period=YEAR)
    await lend(subsidy, loan, wrong)
    programme = await open_programme(subsidy)
    await _paid_batch(subsidy, programme)
    right = loan.paid("130.00", period=(YEAR[0], date(2017, 12, 18)), number=2)
    await deliver(subsidy, loan, loan.restated(right, reversed_repayments=[wrong.repayment_id]))
    assert await _list(subsidy, "overpaid") == []
    batch = await prepare(subsidy, programme)
    [line] = await _lines(subsidy, batch["id"])
    assert (line["interest"], line["granted_before"], line["amount"]) == ("130.00", "100.00", "30.00")
    assert batch["excluded"] == {"granted_before": {"count": 1, "interest": "100.00"}}


@pytest.mark.clause("FJ-6b")
async def test_a_mark_that_was_wrong_is_made_good_by_the_next_batch(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    await mark(subsidy, loan, "stably_lifted", date(2017, 7, 26))
    batch = await _paid_batch(subsidy, await open_programme(subsidy))
    assert await _list(subsidy, "underpaid") == []
    await mark(subsidy, loan, "lifted", date(2017, 7, 26), version=3)
    [under] = await _list(subsidy, "underpaid")
    assert (under["batch_id"], under["amount"], under["underpaid"]) == (batch, "888.13", "888.12")
    programme = await open_programme(subsidy, year=2018)
    later = await prepare(subsidy, programme, expect=201, **LATER)
    [line] = await _lines(subsidy, later["id"])
    assert (line["kind"], line["interest"], line["amount"]) == ("supplement", "0.00", "888.12")
    assert (later["amount"], later["supplements"]) == ("888.12", "888.12")
    assert await _list(subsidy, "underpaid") == []
    await review(subsidy, later["id"], "return")
    assert [each["underpaid"] for each in await _list(subsidy, "underpaid")] == ["888.12"]
    await _paid_batch(subsidy, programme, **LATER)
    assert (await look(subsidy, "/reports/subsidy?region_code=500236"))["subsidy_paid"] == "1776.25"


@pytest.mark.clause("SX-5(b)")
@pytest.mark.parametrize("step", ["review", "approval"])
async def test_no_one_signs_lines_that_have_become_too_low(subsidy: ServiceUnderTest, step: str) -> None:
    loan, unchanged = Loan(), Loan()
    await mark(subsidy, loan, "stably_lifted", date(2017, 7, 26))
    for each in (loan, unchanged):
        await lend(subsidy, each, each.paid("1776.25"))
    programme = await open_programme(subsidy)
    batch = (await prepare(subsidy, programme))["id"]
    decide = review if step == "review" else approve
    if step == "approval":
        await review(subsidy, batch)
    # Further interest that no line has yet makes none of the lines wrong.
    more = unchanged.paid("10.00", period=(date(2017, 12, 20), date(2018, 1, 20)), number=2)
    await deliver(subsidy, unchanged, more)
    assert (await look(subsidy, f"/subsidy-batches/{batch}/changed-lines"))["items"] == []
    await mark(subsidy, loan, "lifted", date(2017, 7, 26), version=3)
    refusal = await decide(subsidy, batch, expect=409)
    assert (refusal["code"], refusal["values"]["amount"]) == ("subsidy-lines-too-low", "888.12")
    (line,) = (await look(subsidy, f"/subsidy-batches/{batch}/changed-lines"))["items"]
    assert (line["loan_id"], line["amount"], line["due_today"]) == (str(loan.loan_id), "888.13", "1776.25")
    await decide(subsidy, batch, "return")
    anew = await prepare(subsidy, programme)
    assert (anew["amount"], anew["line_count"]) == ("3562.50", 3)
    await review(subsidy, anew["id"])


@pytest.mark.clause("FJ-6(b)")
@pytest.mark.parametrize("step", ["review", "approval"])
async def test_no_one_signs_lines_that_are_known_to_be_too_high(subsidy: ServiceUnderTest, step: str) -> None:
    loan, other = Loan(), Loan()
    for each in (loan, other):
        await lend(subsidy, each, each.paid("1776.25"))
    programme = await open_programme(subsidy)
    batch = (await prepare(subsidy, programme))["id"]
    if step == "approval":
        await review(subsidy, batch)
    await mark(subsidy, loan, "stably_lifted", date(2017, 7, 26))
    decide = review if step == "review" else approve
    refused = await decide(subsidy, batch, expect=409)
    assert (refused["code"], refused["values"]) == (
        "subsidy-lines-too-high",
        {"batch_id": batch, "loans": 1, "amount": "888.12"},
    )
    await decide(subsidy, batch, "return")
    assert (await look(subsidy, f"/subsidy-batches/{await approved_batch(subsidy, programme)}"))["amount"] == "2664.38"


@pytest.mark.clause("FJ-6(b)")
async def test_what_proves_too_high_after_the_approval_is_not_paid_out(subsidy: ServiceUnderTest) -> None:
    half, none, whole = Loan(), Loan(), Loan()
    for loan in (half, none, whole):
        await lend(subsidy, loan, loan.paid("1776.25"))
    programme = await open_programme(subsidy)
    batch = await approved_batch(subsidy, programme)
    await mark(subsidy, half, "stably_lifted", date(2017, 7, 26))
    await mark(subsidy, none, "stably_lifted", date(2017, 1, 1))
    run = await pay(subsidy, batch)
    sent = await instructions(subsidy, run["id"])
    assert sorted(row[4] for row in sent) == ["1776.25", "888.13"]
    assert run["households_without_account"] == []
    done = await confirm(subsidy, run["id"], paid_rows(sent))
    assert done["batch_state"] == "settled"
    shown = await look(subsidy, f"/subsidy-batches/{batch}")
    assert (shown["amount_paid"], shown["amount_reduced"]) == ("2664.38", "2664.37")
    assert sorted(line["reduced"] for line in await _lines(subsidy, batch)) == ["0.00", "1776.25", "888.12"]
    money = await look(subsidy, f"/programmes/{programme}")
    assert (money["committed"], money["paid"]) == ("0.00", "2664.38")
    assert await _list(subsidy, "overpaid") == []
    assert (await look(subsidy, "/reports/subsidy?region_code=500236"))["subsidy_paid"] == "2664.38"


async def test_a_batch_of_which_nothing_is_left_is_settled_without_a_transfer(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    await mark(subsidy, loan, "stably_lifted", date(2017, 1, 1))
    run = await pay(subsidy, batch)
    assert (run["instruction_count"], run["batch_state"], run["amount"]) == (0, "settled", "0.00")
    await mark(subsidy, loan, "registered", date(2017, 1, 1), version=3)
    assert [each["underpaid"] for each in await _list(subsidy, "underpaid")] == ["10.00"]


@dataclass
class Life:
    """One loan of the property: its events, made from what was drawn, the same for every loan."""

    loan: Loan = field(default_factory=Loan)
    repayments: list[RepaymentRecorded] = field(default_factory=list)
    lived: int = 0

    async def publish(self, subsidy: ServiceUnderTest, kind: str, fen: int) -> None:
        """Let a mark of the household, a repayment, or everything anew with one changed or taken back arrive."""
        self.lived += 1
        if kind == "state":
            state = ("lifted", "stably_lifted", "registered")[fen % 3]
            await mark(subsidy, self.loan, state, date(2017, 3, 1 + fen % 28), version=self.lived)
        elif kind == "repayment":
            self.repayments.append(self._paid(fen))
            await deliver(subsidy, self.loan, self.repayments[-1])
        else:
            self._change(kind, fen)
            await deliver(subsidy, self.loan, self.loan.restated(*self.repayments))

    def _change(self, kind: str, fen: int) -> None:
        place = fen % max(len(self.repayments), 1)
        for old in self.repayments[place : place + 1]:
            same = {"repayment_id": old.repayment_id}
            self.repayments[place : place + 1] = [self._paid(fen).model_copy(update=same)] if kind == "changed" else []

    def _paid(self, fen: int) -> RepaymentRecorded:
        number = fen % 4 + 1
        start = date(2017, 3, 1) if number == 4 else date(2017, 2 + number, 1)  # the fourth overlaps the first
        period = (start, date(2017, 3 + number % 4, 20 if number == 4 else 1))
        paid = self.loan.paid(f"{Decimal(fen) / 100:.2f}", on=date(2017, 9, 1), period=period, number=number)
        return paid.model_copy(update={"bank_reference": f"R-{self.lived}"})


async def _programme(subsidy: ServiceUnderTest) -> str:
    found = (await look(subsidy, "/programmes"))["items"]
    return str(found[0]["id"]) if found else await open_programme(subsidy, "10000000.00")


async def _approved(subsidy: ServiceUnderTest) -> list[str]:
    """Return the batch of what waits, approved and not yet paid; none where nothing waits or is owed."""
    asked = {"county_code": "500236", "programme_id": await _programme(subsidy), "prepared_on": "2017-12-25"}
    asked |= {"period_from": "2017-01-01", "period_until": "2018-01-01"}
    answer = await subsidy.client.post(
        "/api/v1/subsidy-batches", json=asked, headers=subsidy.headers(Role.SERVICE_CENTRE)
    )
    if answer.status_code == 409:
        assert answer.json()["code"] == "nothing-to-subsidise"
        return []
    batch = str(answer.json()["id"])
    await review(subsidy, batch)
    return [batch] if (await approve(subsidy, batch))["state"] == "approved" else []


async def _pay(subsidy: ServiceUnderTest, batches: list[str]) -> None:
    for batch in batches:
        run = await pay(subsidy, batch)
        sent = await instructions(subsidy, run["id"])
        if sent:
            await confirm(subsidy, run["id"], paid_rows(sent))
    batches.clear()


async def _claw_back_all(subsidy: ServiceUnderTest, pending: list[str]) -> None:
    """Claw back what was paid too much; what is not paid yet will not be (`pending`)."""
    for line in await _list(subsidy, "overpaid"):
        if line["batch_id"] in pending:
            continue
        left = Decimal(line["overpaid"]) - Decimal(line["clawed_back"])
        if left > 0:
            await _claw_back(subsidy, line["line_id"], f"{left:.2f}")


async def _net(subsidy: ServiceUnderTest, loan: Loan) -> Decimal:
    net = """
    SELECT coalesce((SELECT sum(amount) FROM subsidy_line WHERE loan_id = $1 AND live AND kind <> 'clawback'), 0)
      - coalesce((SELECT sum(amount) FROM payment_reduction WHERE loan_id = $1), 0)
      - coalesce((SELECT sum(amount) FROM clawback WHERE loan_id = $1 AND state <> 'refused'), 0)
    """
    found: Decimal = await subsidy.database.pool.fetchval(net, loan.loan_id)
    return found


FACTS = ("repayment", "changed", "taken back", "state")
steps = st.lists(
    st.tuples(st.sampled_from(("repayment", *FACTS, "batch", "pay", "claw back")), st.integers(1, 40_000)),
    min_size=4,
    max_size=10,
)


@pytest.mark.clause("DZ-7")
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps)
async def test_whatever_was_granted_when_the_facts_arrived_the_total_is_what_they_give_in_the_end(
    subsidy: ServiceUnderTest, drawn: list[tuple[str, int]]
) -> None:
    """A loan with batches, payments and claw-backs between its facts gets what one gets that is settled once."""
    lived, calm = Life(), Life()
    await deliver(subsidy, lived.loan, lived.loan.disbursed())
    pending: list[str] = []
    for kind, fen in drawn:
        if kind in FACTS:
            await lived.publish(subsidy, kind, fen)
        elif kind == "batch":
            pending += await _approved(subsidy)
        elif kind == "pay":
            await _pay(subsidy, pending)
        else:
            await _claw_back_all(subsidy, pending)
    await deliver(subsidy, calm.loan, calm.loan.disbursed())
    for kind, fen in drawn:
        if kind in FACTS:
            await calm.publish(subsidy, kind, fen)
    await _pay(subsidy, pending)
    await _pay(subsidy, await _approved(subsidy))
    await _claw_back_all(subsidy, [])
    assert await _net(subsidy, lived.loan) == await _net(subsidy, calm.loan)
    assert await _list(subsidy, "underpaid") == []
