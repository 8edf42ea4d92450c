"""Two readings of one account: the services' and the reconciliation's, which share no line, agree on every history.

A rule that one of them has wrong is seen, on drawn histories here and on the loans of a county below.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.accounts.actions.restating import Change, RestatementCause, restate
from services.lending.accounts.rules import early, misusing, remitting
from services.lending.accounts.rules import postings as service
from services.lending.accounts.rules import replay as replay_rules
from services.lending.accounts.rules.account import Account, Due, Receipt
from services.lending.accounts.rules.position import allocations
from services.lending.accounts.rules.repricing import change_rate
from services.lending.loans.rules.prepayment import accrued_interest
from services.lending.loans.rules.schedule import exact_interest, installments
from services.lending.loans.rules.unpaid_interest import late
from services.lending.tests.accounts.drawn import days_of, histories
from shared.db import Connection
from shared.policy.vocabulary import DayCount, DueKind, RepaymentMethod, Rounding, UnpaidInterest
from tests.reconcile.county import County
from tools.reconcile import loan_life
from tools.reconcile.loan_life import LoanLife
from tools.reconcile.loan_parts import Contract, Posting
from tools.reconcile.program import check_world

History = tuple[service.Contract, list[service.Posting], service.RestDays]


def fen(yuan: Decimal) -> int:
    """Return an amount in whole fen."""
    return int(yuan * 100)


def own_contract(signed: service.Contract) -> Contract:
    """Return a contract as the reconciliation reads it."""
    return Contract(
        fen(signed.principal),
        Fraction(signed.annual_rate),
        str(signed.day_count),
        str(signed.repayment_method),
        str(signed.rounding),
        signed.disbursed_on,
        tuple(row.due_on for row in signed.schedule),
        signed.early_payment_window_days,
        signed.grace_days,
        Fraction(signed.penalty_multiplier),
        tuple(map(str, signed.allocation_order)),
        signed.prepayment_allowed,
        fen(signed.tolerance),
        str(signed.unpaid_interest_bears),
        Fraction(signed.misuse_multiplier),
    )


def own_postings(postings: Sequence[service.Posting]) -> list[Posting]:
    """Return postings as the reconciliation reads them."""
    return [
        Posting(
            f"{each.id}",
            f"{each.kind}",
            each.value_on,
            each.reference,
            fen(each.amount),
            Fraction(getattr(each, "annual_rate", None) or 0),
            str(each.remits or ""),
            each.accelerates,
        )
        for each in postings
    ]


def read_by_service(account: Account) -> object:
    """Return everything that the services' account says, in fen."""
    paid = allocations(account)
    receipts = {
        f"{receipt.posting.id}": (
            {number: tuple(map(fen, kinds)) for number, *kinds in paid[receipt.posting.id].parts},
            fen(paid[receipt.posting.id].surcharge),
            fen(receipt.held),
            fen(receipt.refunded),
            fen(receipt.principal_left),
        )
        for receipt in account.receipts
    }
    until = {misuse.due.number: misuse.until for misuse in account.misuses}
    dues = [
        (
            due.number,
            due.due_on,
            fen(due.principal),
            fen(due.interest),
            due.cancelled_on,
            fen(due.penalty),
            due.signed,
            until.get(due.number),
        )
        for due in account.dues
    ]
    charges = sorted(
        (each.number, each.period_from, each.until, fen(each.amount), fen(each.compound)) for each in account.accruals
    )
    given_up = [
        (
            each.number,
            each.on,
            str(each.kind),
            fen(each.amount),
            each.decided_by and str(each.decided_by),
            fen(each.surcharge),
        )
        for each in account.remissions
    ]
    state = (account.closed_on, account.defaulted_on, account.was_late, fen(account.refund_missing))
    return receipts, dues, charges, given_up, state, account.overdue_from(account.as_of)


def read_by_reconciliation(life: LoanLife, until: date) -> object:
    """Return the same of the reconciliation's loan."""
    surcharges = life.surcharges()
    figures = {receipt.id: receipt.figures() for receipt in life.receipts}
    receipts = {key: (parts, surcharges[key], *others) for key, (parts, *others) in figures.items()}
    dues = [
        (
            due.number,
            due.due_on,
            due.principal,
            due.interest,
            due.cancelled_on,
            due.penalty,
            due.signed,
            due.used_well_from,
        )
        for due in life.dues
    ]
    charges = sorted(
        (each.number, each.period_from, each.period_until, each.amount, each.compound) for each in life.charges
    )
    state = (life.closed_on, life.defaulted_on, life.was_late, life.owed_back)
    given_up = [
        (each.number, each.on, each.kind, each.amount, each.decided_by, each.surcharge) for each in life.given_up
    ]
    return receipts, dues, charges, given_up, state, life.overdue_since(until)


@st.composite
def whole_histories(draw: st.DrawFn) -> tuple[History, date]:
    """Draw a history with refunds and defaults in it, and a day of the loan's life."""
    contract, received, rest_days = draw(histories())
    kinds = draw(st.lists(st.sampled_from([service.PostingKind.REFUND, service.PostingKind.DEFAULT]), max_size=2))
    decided = []
    for place, kind in enumerate(kinds):
        given_back = draw(st.integers(1, 3_000_000)) if kind is service.PostingKind.REFUND else 0
        amount = Decimal(given_back).scaleb(-2)
        decided.append(
            service.Posting(
                UUID(int=1000 + place),
                kind,
                draw(days_of(contract)),
                f"D{place}",
                amount,
                accelerates=draw(st.booleans()),
            )
        )
    return (contract, [*received, *decided], rest_days), draw(days_of(contract))


def both(history: History, until: date) -> tuple[object, object]:
    """Return an account as both read it; days of rest are those of the history."""
    contract, postings, rest_days = history
    known = own_postings([each for each in postings if each.value_on <= until])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loan_life, "met_on", lambda day, _: rest_days.met_on(day))
        ours = read_by_reconciliation(LoanLife(own_contract(contract)).live(known, until), until)
    return read_by_service(replay_rules.replay(contract, postings, rest_days, until)), ours


@given(drawn=whole_histories())
def test_the_reconciliation_reads_every_history_as_the_services_do(drawn: tuple[History, date]) -> None:
    theirs, ours = both(*drawn)
    assert theirs == ours


LENT_ON = date(2018, 1, 15)
DUE = tuple(date(2018 + month // 12, month % 12 + 1, 15) for month in (3, 6, 9, 12))
REPAYMENT, PREPAYMENT = service.PostingKind.REPAYMENT, service.PostingKind.PREPAYMENT
REFUND, DEFAULT = service.PostingKind.REFUND, service.PostingKind.DEFAULT


def signed() -> service.Contract:
    """Return a contract over 50 000 for a year, its interest every three months and a window of thirty days."""
    terms = ("4.75", DayCount.ACT_360, RepaymentMethod.INTEREST_ONLY, Rounding.HALF_UP)
    rows = installments(Decimal("50000.00"), Decimal(terms[0]), terms[1], terms[2], LENT_ON, DUE, terms[3])
    return service.Contract(
        principal=Decimal("50000.00"),
        annual_rate=Decimal(terms[0]),
        penalty_multiplier=Decimal("1.5"),
        day_count=terms[1],
        repayment_method=terms[2],
        rounding=terms[3],
        disbursed_on=LENT_ON,
        early_payment_window_days=30,
        grace_days=0,
        prepayment_allowed=True,
        allocation_order=(DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL),
        schedule=rows,
        tolerance=Decimal("0.02"),
    )


def came(kind: service.PostingKind, day: tuple[int, int, int], yuan: str = "0.00", reference: str = "") -> Any:
    """Return a posting; its id rises with every one that is made."""
    number = next(NUMBERS)
    return service.Posting(UUID(int=number), kind, date(*day), reference or f"R{number}", Decimal(yuan))


NUMBERS = count(1)
UNTIL = date(2019, 9, 1)


class Wrong(NamedTuple):
    """A rule of the services made wrong, and what happens to a loan on which that shows."""

    name: str
    home: Any
    attribute: str
    rule: Any
    postings: Sequence[service.Posting]
    until: date = UNTIL
    bears: UnpaidInterest = UnpaidInterest.PENALTY_RATE


def _to_the_due_day(account: Account, coming: Sequence[Due], _: date) -> Decimal:
    terms, since = account.contract, min(due.period_from for due in coming)
    until, owed = coming[0].due_on, sum((due.principal for due in coming), Decimal("0.00"))
    return accrued_interest(owed, terms.annual_rate, terms.day_count, since, until, terms.rounding)


def _all_in_the_window(coming: Sequence[Due], receipts: Sequence[Receipt], until: date) -> None:
    for due in coming:
        for kind in (DueKind.INTEREST, DueKind.PRINCIPAL):
            for receipt in receipts:
                if due.due_on <= until:
                    receipt.pay(due, kind, due.unpaid(kind))


def _not_after_a_default(account: Account, day: date, accrue: Any = replay_rules._accrue) -> None:
    if account.defaulted_on is None:
        accrue(account, day)


def _oldest_first(account: Account, amount: Decimal) -> None:
    for receipt in account.receipts:
        share = min(receipt.held, amount)
        receipt.held, receipt.refunded, amount = receipt.held - share, receipt.refunded + share, amount - share
    account.refund_missing += amount


def _from_the_running_periods_first_day(account: Account, day: date, rate: Decimal, change: Any = change_rate) -> None:
    change(account, min(due.period_from for due in early.coming_after(account, day)), rate)


def another_rate(day: tuple[int, int, int], rate: str) -> Any:
    """Return a posting of another rate from a day on."""
    return replace(came(service.PostingKind.RATE, day), annual_rate=Decimal(rate))


def _always_the_penalty_rate(*asked: Any, counted: Any = late) -> Any:
    return counted(UnpaidInterest.PENALTY_RATE, *asked[1:])


def _as_if_never_late(account: Account, _: Due, share: Decimal, since: date, until: date) -> Fraction:
    terms = account.contract
    rate = account.rates.last * (terms.misuse_multiplier - 1)
    return exact_interest(Fraction(share), rate, terms.day_count, since, until)


WRONG_RULES = (
    Wrong("interest to the due day, not of the days used", early, "_accrued", _to_the_due_day,
          [came(PREPAYMENT, (2018, 6, 1), "51000.00")]),
    Wrong("penalty at the contract's rate", Account, "penalty_rate", property(lambda self: self.rates.last),
          [came(REPAYMENT, (2018, 5, 20), "700.00")]),
    Wrong("interest paid ahead is forgotten", early, "_ahead", lambda coming: Decimal("0.00"),
          [came(REPAYMENT, (2018, 4, 1), "593.75"), came(PREPAYMENT, (2018, 4, 5), "50000.00")]),
    Wrong("the window is for principal too", early, "_pay_interest", _all_in_the_window,
          [came(REPAYMENT, (2018, 12, 30), "9000.00")], date(2019, 1, 10)),
    Wrong("penalty ends with the default", replay_rules, "_accrue", _not_after_a_default,
          [came(DEFAULT, (2018, 9, 1)), came(REPAYMENT, (2018, 11, 1), "100.00")]),
    Wrong("a default outlives its arrears", replay_rules, "_cure_if_paid", lambda account, day: None,
          [came(DEFAULT, (2018, 9, 1)), came(REPAYMENT, (2018, 11, 1), "3000.00")], date(2018, 12, 1)),
    Wrong("a small lack is waited for", remitting, "is_small", lambda account, due: False,
          [came(REPAYMENT, (2018, 4, 16), "593.73")]),
    Wrong("a default calls nothing in", early, "accelerate", lambda account, day: None,
          [replace(came(DEFAULT, (2018, 9, 1)), accelerates=True)]),
    Wrong("another rate is for what is signed later", replay_rules, "change_rate", lambda account, day, rate: None,
          [another_rate((2018, 8, 1), "3.85")]),
    Wrong("another rate reaches back", replay_rules, "change_rate", _from_the_running_periods_first_day,
          [another_rate((2018, 8, 1), "3.85")]),
    Wrong("unpaid interest bears the penalty rate, whatever was agreed", replay_rules, "late", _always_the_penalty_rate,
          [came(REPAYMENT, (2018, 5, 20), "700.00")], bears=UnpaidInterest.CONTRACT_RATE_THEN_PENALTY_RATE),
    Wrong("misuse adds to the penalty of lateness", misusing, "_adds", _as_if_never_late,
          [came(service.PostingKind.MISUSE, (2018, 9, 1), "50000.00"), came(REPAYMENT, (2019, 3, 1), "100.00")]),
    Wrong("misuse goes on when it was put right", misusing, "end", lambda account, day: None,
          [came(service.PostingKind.MISUSE, (2018, 9, 1), "50000.00"),
           came(service.PostingKind.MISUSE_ENDED, (2018, 10, 1)), came(REPAYMENT, (2018, 11, 1), "100.00")]),
    Wrong("money that is held waits for ever", replay_rules, "_use_held_until", lambda account, day: None,
          [came(REPAYMENT, (2018, 2, 1), "300.00")]),
    Wrong("the oldest money is given back", replay_rules, "_refund", _oldest_first,
          [came(REPAYMENT, (2018, 2, 1), "30.00"), came(REPAYMENT, (2018, 2, 2), "40.00"),
           came(REFUND, (2018, 2, 3), "35.00")], date(2018, 3, 1)),
    Wrong("what was booked first pays first", service.Posting, "key",
          property(lambda self: (self.value_on, 0, f"{self.id}")),
          [came(REPAYMENT, (2018, 4, 15), "500.00", "B"), came(REPAYMENT, (2018, 4, 15), "400.00", "A")]),
    Wrong("a day of rest is late", service.RestDays, "late_after", lambda self, due_on, grace: due_on,
          [came(REPAYMENT, (2018, 4, 16), "700.00")]),
)  # fmt: skip
REST = service.RestDays({date(2018, 4, 15): date(2018, 4, 16)})


@pytest.mark.parametrize("wrong", WRONG_RULES, ids=lambda wrong: wrong.name)
def test_a_wrong_rule_of_the_services_is_read_otherwise(wrong: Wrong, monkeypatch: pytest.MonkeyPatch) -> None:
    history = (replace(signed(), unpaid_interest_bears=wrong.bears), list(wrong.postings), REST)
    theirs, ours = both(history, wrong.until)
    assert theirs == ours
    monkeypatch.setattr(wrong.home, wrong.attribute, wrong.rule)
    theirs, same = both(history, wrong.until)
    assert same == ours
    assert theirs != ours


def _written(value: object) -> str:
    return orjson.dumps(value).decode()


async def replayed(conn: Connection) -> None:
    """Replay every loan that no claim ended and write what the services' rules make of it."""
    for name in ("json", "jsonb"):
        await conn.set_type_codec(name, encoder=_written, decoder=orjson.loads, schema="pg_catalog")
    loans = await conn.fetch("SELECT id, disbursed_on FROM loan WHERE claim_id IS NULL")
    await restate(conn, [Change(loan["id"], RestatementCause.HELD_MONEY, loan["disbursed_on"]) for loan in loans])
    for name in ("json", "jsonb"):
        await conn.reset_type_codec(name, schema="pg_catalog")


@pytest.mark.timeout(300)  # the first test of a worker lives through the county
async def test_a_replay_of_every_loan_changes_nothing(county: County) -> None:
    """What came by the fast path is what a replay makes of it, and the reconciliation finds nothing."""
    async with county.with_fault("lending", "SELECT 1", by=replayed) as world:
        results = await check_world(world)
    assert [result.id for result in results if result.findings.differing] == []


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("wrong", "checks"),
    [(WRONG_RULES[0], {"L2", "L5b"}), (WRONG_RULES[1], {"L5b", "L6"})],
    ids=[wrong.name for wrong in WRONG_RULES[:2]],
)
async def test_a_county_replayed_by_a_wrong_rule_is_seen(
    county: County, wrong: Wrong, checks: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """However consistently the services book it."""
    monkeypatch.setattr(wrong.home, wrong.attribute, wrong.rule)
    async with county.with_fault("lending", "SELECT 1", by=replayed) as world:
        results = await check_world(world, sorted(checks))
    assert {result.id for result in results if result.findings.differing} == checks
