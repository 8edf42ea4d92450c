"""Contracts and histories as Hypothesis draws them."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.loans.rules.due_dates import due_dates
from services.lending.loans.rules.schedule import installments
from shared.policy.vocabulary import DayCount, DueKind, RepaymentMethod, Rounding, UnpaidInterest

LENT_ON = date(2018, 1, 15)
SMALL = [Decimal("0.01"), Decimal("0.02"), Decimal("0.03"), Decimal("0.99"), Decimal("1.00"), Decimal("1.01")]
FEN = st.integers(1, 6_000_000).map(lambda fen: Decimal(fen).scaleb(-2))


@st.composite
def contracts(draw: st.DrawFn) -> Contract:
    """Draw a contract of one to three years, by any method, day count, order of kinds, window and grace."""
    principal = draw(st.integers(100_000, 5_000_000).map(lambda fen: Decimal(fen).scaleb(-2)))
    rate = draw(st.sampled_from([Decimal("4.35"), Decimal("4.75"), Decimal("0"), Decimal("3.85")]))
    method = draw(st.sampled_from(RepaymentMethod))
    months = draw(st.sampled_from([1, 3, 12]))
    count = draw(st.integers(1, 36 // months))
    day_count = draw(st.sampled_from(DayCount))
    rounding = draw(st.sampled_from(Rounding))
    due_on = due_dates(LENT_ON, count, months)
    rows = installments(principal, rate, day_count, method, LENT_ON, due_on, rounding)
    return Contract(
        principal=principal,
        annual_rate=rate,
        penalty_multiplier=draw(st.sampled_from([Decimal("1.3"), Decimal("1.5")])),
        day_count=day_count,
        repayment_method=method,
        rounding=rounding,
        disbursed_on=LENT_ON,
        early_payment_window_days=draw(st.sampled_from([0, 15, 30])),
        grace_days=draw(st.sampled_from([0, 3])),
        prepayment_allowed=draw(st.booleans()),
        allocation_order=tuple(draw(st.permutations(list(DueKind)))),
        schedule=rows,
        tolerance=draw(st.sampled_from([Decimal("0.00"), Decimal("0.02"), Decimal("1.00")])),
        unpaid_interest_bears=draw(st.sampled_from(UnpaidInterest)),
        misuse_multiplier=draw(st.sampled_from([Decimal("1.5"), Decimal("2"), Decimal("1")])),
    )


def days_of(contract: Contract) -> st.SearchStrategy[date]:
    """Draw days of the contract's life and a year beyond; due days and their neighbours often."""
    last = (contract.matures_on - contract.disbursed_on).days + 365
    near = [row.due_on + timedelta(days=shift) for row in contract.schedule for shift in (-20, -1, 0, 1)]
    any_day = st.integers(0, last).map(lambda days: contract.disbursed_on + timedelta(days=days))
    return any_day | st.sampled_from([day for day in near if day >= contract.disbursed_on])


@st.composite
def receipts(draw: st.DrawFn, contract: Contract, most: int = 6) -> list[Posting]:
    """Draw up to some receipts, each under a reference of its own."""
    whole = [row.interest for row in contract.schedule if row.interest > 0] or [Decimal("1.00")]
    nearly = [amount - lack for amount in (*whole, contract.principal) for lack in SMALL if amount > lack]
    amounts = FEN | st.sampled_from(whole) | st.just(contract.principal) | st.sampled_from(nearly)
    drawn = draw(
        st.lists(
            st.tuples(st.sampled_from([PostingKind.REPAYMENT, PostingKind.PREPAYMENT]), days_of(contract), amounts),
            max_size=most,
        )
    )
    return [
        Posting(UUID(int=number), kind, value_on, f"R{number}", amount)
        for number, (kind, value_on, amount) in enumerate(drawn, start=1)
    ]


@st.composite
def remissions(draw: st.DrawFn, contract: Contract, most: int = 2) -> list[Posting]:
    """Draw remissions of penalty or interest as two persons decide them, too large ones among them."""
    kinds = st.sampled_from([DueKind.PENALTY, DueKind.INTEREST])
    drawn = draw(st.lists(st.tuples(days_of(contract), kinds, FEN | st.sampled_from(SMALL)), max_size=most))
    return [
        Posting(UUID(int=700 + number), PostingKind.REMISSION, day, f"remission-{number}", amount, remits=kind)
        for number, (day, kind, amount) in enumerate(drawn)
    ]


@st.composite
def misuses(draw: st.DrawFn, contract: Contract) -> list[Posting]:
    """Draw up to two misuses one after the other, of a part or of more than is lent; the last may not end."""
    amounts = FEN | st.just(contract.principal)
    days = sorted(draw(st.lists(days_of(contract), max_size=4)))
    return [
        Posting(
            UUID(int=800 + place),
            PostingKind.MISUSE_ENDED if place % 2 else PostingKind.MISUSE,
            day,
            f"misuse-{place}",
            draw(amounts),
        )
        for place, day in enumerate(days)
    ]


@st.composite
def rate_changes(draw: st.DrawFn, contract: Contract, least: int = 0) -> list[Posting]:
    """Draw changes of the rate on days of their own, as a correction or a new publication makes them."""
    days = draw(st.lists(days_of(contract), min_size=least, max_size=3, unique=True))
    rates = st.sampled_from([Decimal("3.85"), Decimal("4.35"), Decimal("4.75"), Decimal("9.5"), Decimal("0")])
    return [
        Posting(UUID(int=500 + number), PostingKind.RATE, day, f"rate-{number}", annual_rate=draw(rates))
        for number, day in enumerate(days)
    ]


@st.composite
def rest_days(draw: st.DrawFn, contract: Contract) -> RestDays:
    """Let some due days be days of rest that end one or two days later."""
    chosen = draw(st.sets(st.sampled_from([row.due_on for row in contract.schedule])))
    return RestDays({day: day + timedelta(days=draw(st.integers(1, 2))) for day in sorted(chosen)})


@st.composite
def histories(draw: st.DrawFn) -> tuple[Contract, list[Posting], RestDays]:
    """Draw a contract, what was received, remitted and misused of it, changes of its rate, and its days of rest."""
    contract = draw(contracts())
    postings = [*draw(receipts(contract)), *draw(rate_changes(contract)), *draw(remissions(contract))]
    postings += draw(misuses(contract))
    return contract, postings, draw(rest_days(contract))
