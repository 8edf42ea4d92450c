"""Allocation of a payment over what is due."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.loans.rules.schedule import LoanTermsRefused
from shared.policy.vocabulary import DueKind
from spec.allocation import (
    Allocation,
    Due,
    allocate,
)

OLD = Due(1, date(2017, 12, 20), penalty=Decimal("10.00"), interest=Decimal("100.00"), principal=Decimal("1000.00"))
NEW = Due(2, date(2018, 12, 20), penalty=Decimal("5.00"), interest=Decimal("50.00"), principal=Decimal("500.00"))


def amounts(allocation: Allocation) -> list[tuple[str, str, str]]:
    return [(str(row.penalty), str(row.interest), str(row.principal)) for row in allocation.received]


def test_oldest_instalment_first_fills_it_before_the_next() -> None:
    allocation = allocate(Decimal("1120.00"), [NEW, OLD])

    assert [row.number for row in allocation.received] == [1, 2]
    assert amounts(allocation) == [("10.00", "100.00", "1000.00"), ("5.00", "5.00", "0.00")]
    assert allocation.remainder == 0


def test_the_stated_order_decides() -> None:
    principal_first = (DueKind.PRINCIPAL, DueKind.INTEREST, DueKind.PENALTY)

    assert amounts(allocate(Decimal("1050.00"), [OLD], principal_first)) == [("0.00", "50.00", "1000.00")]


def test_what_is_not_owed_remains() -> None:
    allocation = allocate(Decimal("1700.00"), [OLD, NEW])

    assert allocation.remainder == Decimal("35.00")
    assert allocate(Decimal("7.00"), []) == Allocation((), Decimal("7.00"))


FEN = st.integers(0, 500_000).map(lambda fen: Decimal(fen).scaleb(-2))
DUES = st.lists(st.tuples(st.dates(date(2017, 1, 1), date(2019, 12, 31)), FEN, FEN, FEN), max_size=5).map(
    lambda rows: [Due(number, *row) for number, row in enumerate(rows, start=1)]
)


@pytest.mark.parametrize("order", [*permutations(DueKind)], ids=", ".join)
@given(payment=FEN, dues=DUES)
def test_no_money_is_lost_or_made_and_the_order_is_kept(
    order: tuple[DueKind, ...], payment: Decimal, dues: list[Due]
) -> None:
    allocation = allocate(payment, dues, order)

    assert sum((row.total for row in allocation.received), allocation.remainder) == payment
    owed = {due.number: due for due in dues}
    left: list[tuple[tuple[object, ...], Decimal, Decimal]] = []
    for row in allocation.received:
        for kind in DueKind:
            got, wanted = getattr(row, kind), owed[row.number].owed(kind)
            assert 0 <= got <= wanted
            place = (row.due_on, row.number)
            left.append(((place, order.index(kind)), got, wanted))
    left.sort()
    # Once a step is short, nothing may go to a later one.
    short = next((at for at, (_, got, wanted) in enumerate(left) if got < wanted), len(left))
    assert all(got == 0 for _, got, _ in left[short + 1 :])
    assert allocation.remainder == 0 or short == len(left)


@pytest.mark.parametrize(
    "kinds",
    [
        (),
        (DueKind.PENALTY, DueKind.INTEREST),
        (DueKind.PENALTY, DueKind.PENALTY, DueKind.PRINCIPAL),
        (*DueKind, DueKind.PENALTY),
    ],
)
def test_refuses_an_order_that_leaves_a_kind_out_or_doubles_one(kinds: tuple[DueKind, ...]) -> None:
    with pytest.raises(ValueError, match="once each"):
        allocate(Decimal(1), [OLD], kinds)


def test_refuses_the_same_instalment_twice() -> None:
    with pytest.raises(ValueError, match="merge the doubles"):
        allocate(Decimal(1), [OLD, OLD])


@pytest.mark.parametrize("payment", ["-0.01", "0.001", "NaN"])
def test_refuses_payments_that_are_not_money(payment: str) -> None:
    with pytest.raises(LoanTermsRefused):
        allocate(Decimal(payment), [OLD])


def test_refuses_dues_that_are_not_money() -> None:
    with pytest.raises(LoanTermsRefused, match="Unpaid penalty of instalment 3"):
        allocate(Decimal(1), [Due(3, OLD.due_on, Decimal(-1), Decimal(0), Decimal(0))])
