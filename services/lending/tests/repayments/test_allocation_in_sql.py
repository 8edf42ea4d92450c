"""The set-based statement books exactly what the pure rules say: penalty, allocation and balances, for any pack."""

import random
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.lending.loans.rules.surcharge import surcharge_of
from services.lending.tests.county import County, county_with_pack
from services.lending.tests.repayments.expected import Books, books_of
from shared.testing.service import ServiceUnderTest

HEADER = "bank_reference,contract_number,kind,paid_on,amount"
LOANS, LINES = 40, 4
PACKS: dict[str, dict[str, Any]] = {
    "yearly interest, principal at the end": {},
    "level instalments, grace, interest first": {
        "interest__repayment_method": "equal_installment",
        "interest__settlement_period_months": 3,
        "interest__day_count": "ACT/ACT",
        "repayment__allocation_order": ["interest", "principal", "penalty"],
        "repayment__grace_days": 5,
        "repayment__unpaid_interest_bears": "nothing",
        "repayment__accelerating_causes": ["business_failure"],
    },
    "equal principal, principal first, no window": {
        "interest__repayment_method": "equal_principal",
        "interest__settlement_period_months": 1,
        "interest__day_count": "30/360",
        "interest__rounding": "half_even",
        "repayment__allocation_order": ["principal", "penalty", "interest"],
        "repayment__early_payment_window_days": 0,
        "repayment__unpaid_interest_bears": "contract_rate_then_penalty_rate",
    },
}


async def open_books(county: County, terms: dict[str, Any], draw: random.Random) -> list[Books]:
    """Lend loans of every size and day and open the second bookkeeper's books on them."""
    books = []
    for _ in range(LOANS):
        amount = f"{draw.randint(100000, 5000000) / 100:.2f}"
        day = date(2017, 3, 1) + timedelta(days=draw.randint(0, 300))
        loan = await county.lend(amount, disbursed_on=day, term_months=draw.choice([12, 24, 36]))
        books.append(books_of(loan, await county.installments(loan["id"]), terms))
    return books


def lines_for(book: Books, draw: random.Random, expected: dict[str, Any]) -> list[str]:
    """Make some payments on days that follow one another, and book each as the engine would."""
    first_due_on = min(due.due_on for due in book.dues.values())
    lines, paid_on = [], max(book.disbursed_on, first_due_on - timedelta(days=40))
    for number in range(LINES):
        paid_on += timedelta(days=draw.randint(0, 200))
        payable = book.total(paid_on)
        if payable == 0:
            continue
        amount = payable if draw.random() < 0.3 else Decimal(draw.randint(1, int(payable * 100))) / 100
        reference = f"{book.contract_number}-{number}"
        expected[reference] = book.pay(amount, paid_on)
        lines.append(f"{reference},{book.contract_number},repayment,{paid_on},{amount:.2f}")
    return lines


@pytest.mark.parametrize("terms", PACKS.values(), ids=PACKS.keys())
async def test_a_files_lines_are_booked_as_the_engine_says(
    start_service: Callable[..., Awaitable[ServiceUnderTest]], terms: dict[str, Any]
) -> None:
    draw = random.Random(20171220)
    county = await county_with_pack(await start_service("lending"), **terms)
    books = await open_books(county, terms, draw)
    expected: dict[str, Any] = {}
    lines = [line for book in books for line in lines_for(book, draw, expected)]

    answer = (await county.send_file("repayment-files", HEADER, lines)).json()

    assert (answer["recorded_count"], answer["rejections"]) == (len(lines), [])
    booked: dict[str, Any] = {}
    for row in await county.service.database.pool.fetch(
        "SELECT bank_reference, p.* FROM repayment r JOIN repayment_part p ON p.repayment_id = r.id"
    ):
        parts = (row["penalty"], row["interest"], row["principal"])
        booked.setdefault(row["bank_reference"], {})[row["installment_number"]] = parts
    assert booked == {
        reference: {number: (row.penalty, row.interest, row.principal) for number, row in received.items()}
        for reference, received in expected.items()
    }
    await ensure_ledgers_agree(county)


async def ensure_ledgers_agree(county: County) -> None:
    """Recompute every loan's and instalment's stored sums from the ledgers (L1, L2, L5)."""
    differing = await county.service.database.pool.fetch(
        """SELECT l.id FROM loan l,
             LATERAL (SELECT coalesce(sum(principal), 0) AS principal, coalesce(sum(interest), 0) AS interest,
                coalesce(sum(penalty), 0) AS penalty FROM repayment WHERE loan_id = l.id) r,
             LATERAL (SELECT coalesce(sum(principal), 0) AS principal, coalesce(sum(interest), 0) AS interest,
                coalesce(sum(penalty), 0) AS penalty FROM remission_part WHERE loan_id = l.id) m,
             LATERAL (SELECT sum(principal_due + principal_remitted) AS principal, sum(interest_due) AS interest,
                sum(penalty_due) AS penalty, sum(principal_paid) AS principal_paid, sum(interest_paid) AS interest_paid,
                sum(penalty_paid) AS penalty_paid, sum(principal_remitted) AS principal_remitted,
                sum(interest_remitted) AS interest_remitted, sum(penalty_remitted) AS penalty_remitted
                FROM installment WHERE loan_id = l.id AND cancelled_on IS NULL) i,
             LATERAL (SELECT coalesce(sum(amount), 0) AS accrued FROM penalty_accrual WHERE loan_id = l.id) a
           WHERE (l.principal, l.principal_repaid, l.interest_paid, l.penalty_paid, l.interest_charged)
               <> (i.principal, r.principal, r.interest, r.penalty, i.interest)
             OR (i.principal_paid, i.interest_paid, i.penalty_paid) <> (r.principal, r.interest, r.penalty)
             OR (l.penalty_accrued + m.penalty, i.penalty + m.penalty) <> (a.accrued, a.accrued)
             OR (l.principal_remitted, l.interest_remitted, l.penalty_remitted)
               <> (m.principal, m.interest, m.penalty)
             OR (i.principal_remitted, i.interest_remitted, i.penalty_remitted)
               <> (m.principal, m.interest, m.penalty)
             OR l.held <> (SELECT coalesce(sum(held), 0) FROM repayment WHERE loan_id = l.id)
             OR (l.state IN ('closed', 'cancelled')) <> (l.principal_outstanding = 0
               AND l.interest_paid = l.interest_charged
               AND l.penalty_paid = l.penalty_accrued)"""
    )
    assert differing == []
    await ensure_surcharges_add_up(county)
    versions = await county.service.database.pool.fetch(
        "SELECT 1 FROM loan l WHERE l.version <> (SELECT count(*) FROM outbox WHERE aggregate_id = l.id) "
        "OR l.version <> (SELECT max(aggregate_version) FROM outbox WHERE aggregate_id = l.id)"
    )
    assert versions == []


async def ensure_surcharges_add_up(county: County) -> None:
    """Recompute the surcharge of what was paid, loan by loan, from the instalments and by the rule."""
    rows = await county.service.database.pool.fetch(
        """SELECT l.penalty_multiplier,
             array_agg(i.penalty_paid - i.compound_paid) FILTER (WHERE NOT i.of_misuse) AS paid,
             coalesce(sum(i.penalty_paid) FILTER (WHERE i.of_misuse), 0) AS of_misuse,
             (SELECT sum(surcharge) FROM repayment WHERE loan_id = l.id) AS surcharge
           FROM loan l JOIN installment i ON i.loan_id = l.id GROUP BY l.id"""
    )
    for row in rows:
        expected = sum(surcharge_of(paid, row["penalty_multiplier"]) for paid in row["paid"])
        assert (row["surcharge"] or 0) == expected + row["of_misuse"]


async def test_a_file_books_what_the_same_single_repayments_book(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    terms = PACKS["level instalments, grace, interest first"]
    counties, books = [], []
    for _ in range(2):
        draw = random.Random(7)
        counties.append(await county_with_pack(await start_service("lending"), **terms))
        books.append((await open_books(counties[-1], terms, draw))[:6])
    draw = random.Random(8)
    lines = [line for book in books[0] for line in lines_for(book, draw, {})]
    await counties[0].send_file("repayment-files", HEADER, lines)
    loans = {book.contract_number: book.loan_id for book in books[1]}
    for line in lines:
        reference, contract, _, paid_on, amount = line.split(",")
        assert (await counties[1].repay(loans[contract], amount, paid_on, reference)).status_code == 201
    figures = [
        await county.service.database.pool.fetch(
            "SELECT bank_reference, paid_on, amount, penalty, surcharge, interest, principal, principal_outstanding, "
            "loan_version FROM repayment ORDER BY bank_reference"
        )
        for county in counties
    ]
    assert figures[0] == figures[1]
    assert len(figures[0]) == len(lines)
