"""The days on which a floating contract takes its rate anew, and the rates that come of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.loans.rules.floating import Floating, floating, repricing_days, taken_anew
from services.lending.loans.rules.rates import Rates
from services.lending.tests.loans.test_contract_terms import LINGUI
from shared.policy.rate_terms import Repricing
from shared.policy.vocabulary import RepricingFrequency

LENT_ON = date(2016, 2, 29)
DUE_ON = (date(2016, 12, 20), date(2017, 12, 20), date(2018, 12, 20), date(2019, 2, 28))
RATE = st.decimals(Decimal(0), Decimal(30), places=2)


@pytest.mark.parametrize(
    ("frequency", "days"),
    [
        (RepricingFrequency.JANUARY_FIRST, [date(2017, 1, 1), date(2018, 1, 1), date(2019, 1, 1)]),
        (RepricingFrequency.ANNIVERSARY, [date(2017, 2, 28), date(2018, 2, 28)]),
        (RepricingFrequency.DUE_DAY, list(DUE_ON[:3])),
    ],
)
def test_days_lie_between_disbursement_and_maturity(frequency: RepricingFrequency, days: list[date]) -> None:
    assert list(repricing_days(Repricing(frequency), LENT_ON, DUE_ON)) == days


@pytest.mark.parametrize(
    ("stated", "rate_max", "published", "rate"),
    [
        (None, None, "3.85", "3.85"),  # the pack's margin is nothing
        ("4.95", None, "3.85", "4.05"),  # 20 points above 4.75
        ("4.50", None, "3.85", "3.6"),  # 25 points below
        ("4.50", None, "0.10", "0"),
        ("4.95", "4.5", "4.30", "4.5"),
        ("4.95", "4.5", "4.29", "4.49"),
    ],
)
def test_the_points_of_the_contract_stay_and_the_largest_rate_bounds(
    stated: str | None, rate_max: str | None, published: str, rate: str
) -> None:
    repricing = Repricing(RepricingFrequency.JANUARY_FIRST, None if rate_max is None else Decimal(rate_max))
    terms = replace(LINGUI, rate_margin=Decimal(0), repricing=repricing, rate_fixed=False)
    found = floating(terms, None if stated is None else Decimal(stated), Decimal("4.75"), LENT_ON, DUE_ON)
    assert found is not None
    assert f"{found.rate(Decimal(published))}" == rate


def test_a_contract_of_a_pack_that_names_no_days_is_fixed() -> None:
    days = Repricing(RepricingFrequency.ANNIVERSARY)
    for terms in (LINGUI, replace(LINGUI, repricing=days), replace(LINGUI, rate_fixed=False)):
        assert floating(terms, None, Decimal("4.75"), LENT_ON, DUE_ON) is None


@given(first=RATE, rates=st.dictionaries(st.integers(1, 1000), RATE | st.none(), max_size=5), last=st.integers(0, 1100))
def test_each_day_bears_the_last_rate_that_was_published_for_a_day_of_repricing(
    first: Decimal, rates: dict[int, Decimal | None], last: int
) -> None:
    published = {LENT_ON + timedelta(days=day): rate for day, rate in rates.items()}
    contract = Floating(Decimal("0.5"), Decimal(20), tuple(sorted(published)))
    over = contract.between(LENT_ON, LENT_ON + timedelta(days=last))
    found = taken_anew(Rates(first), over, published.get)
    expected = first
    for number in range(1101):
        day = LENT_ON + timedelta(days=number)
        rate = published.get(day)
        if rate is not None and number <= last:
            expected = min(rate + Decimal("0.5"), Decimal(20))
        assert found.on(day) == expected
    assert contract.next_after(LENT_ON + timedelta(days=last)) == min(
        (day for day in published if day > LENT_ON + timedelta(days=last)), default=None
    )
