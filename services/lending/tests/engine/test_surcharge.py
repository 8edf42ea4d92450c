"""Penalty in its two parts: interest at the contract's rate, and the surcharge on it (LG-21a)."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.loans.rules.surcharge import surcharge_of, surcharges_paid

FEN = st.decimals("0.00", "9999.99", places=2)
TIMES = st.decimals("0.0000", "3.0000", places=4)


@pytest.mark.parametrize(
    ("penalty", "times", "surcharged"),
    [
        pytest.param("296.88", "1.5", "98.96", marks=pytest.mark.clause("LG-21a")),
        ("257.29", "1.3", "59.37"),
        ("0.02", "1.5", "0.01"),
        ("0.01", "1.5", "0.00"),
        ("88.00", "1", "0.00"),
        ("0.00", "0", "0.00"),
    ],
)
def test_what_the_multiplier_adds_is_the_surcharge(penalty: str, times: str, surcharged: str) -> None:
    assert str(surcharge_of(Decimal(penalty), Decimal(times))) == surcharged


@given(penalty=FEN, more=FEN, times=TIMES)
def test_neither_part_falls_when_the_penalty_grows(penalty: Decimal, more: Decimal, times: Decimal) -> None:
    grew = surcharge_of(penalty + more, times) - surcharge_of(penalty, times)
    assert 0 <= grew <= more


@given(payments=st.lists(st.dictionaries(st.integers(1, 3), FEN)), times=TIMES)
def test_payments_add_up_to_the_surcharge_of_their_sum(payments: Sequence[dict[int, Decimal]], times: Decimal) -> None:
    of_due = {
        number: sum((part.get(number, Decimal("0.00")) for part in payments), Decimal("0.00")) for number in (1, 2, 3)
    }
    paid = surcharges_paid(payments, times)
    assert sum(paid) == sum(surcharge_of(penalty, times) for penalty in of_due.values())
    assert all(0 <= each <= sum(part.values()) for each, part in zip(paid, payments, strict=True))
