"""The pure rules of cover: limit, order, what is missing; and the recommender's deposit."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.riskfund.funds.rules.cover_limit import (
    CoverRequest,
    cover_of,
    in_order,
    is_tolerated,
    limit_of,
    money_missing,
)
from services.riskfund.tests.county import fengjie
from shared.policy.pack import PolicyPack
from shared.policy.terms import FundRule

AMOUNTS = st.decimals("0.01", "200000", places=2)


def rule(**changes: object) -> FundRule:
    return PolicyPack.model_validate(fengjie(**changes)).fund_rule()


def requests(amounts: list[Decimal]) -> list[CoverRequest]:
    return [CoverRequest(UUID(int=place), amount) for place, amount in enumerate(amounts)]


@pytest.mark.clause("FJ-13(a)")
def test_fifty_million_cover_five_hundred_million() -> None:
    cover = cover_of(Decimal("50000000.00"), Decimal(0), Decimal("500000000.00"), rule(), Decimal("25000000.00"))
    assert (cover.limit, cover.available, cover.missing) == (
        Decimal("500000000.00"),
        Decimal("0.00"),
        Decimal("2500000.00"),
    )


def test_missing_money_is_rounded_up_to_the_packs_step() -> None:
    assert money_missing(Decimal(100), Decimal("1000.01"), rule()) == Decimal("0.01")
    assert money_missing(Decimal(100), Decimal("1000.01"), rule(fund__replenish_step="10000.00")) == Decimal("10000.00")
    assert money_missing(Decimal(100), Decimal("1000.00"), rule()) == Decimal("0.00")


@pytest.mark.clause("FJ-13(b)", "LG-38")
@given(
    st.decimals("0", "10000000", places=2), st.decimals("0", "200000000", places=2), st.sampled_from(["1", "3", "10"])
)
def test_after_paying_what_is_missing_everything_fits_and_one_step_less_would_not(
    balance: Decimal, to_cover: Decimal, multiplier: str
) -> None:
    fund_rule = rule(fund__multiplier=multiplier)
    missing = money_missing(balance, to_cover, fund_rule)
    assert limit_of(balance + missing, fund_rule) >= to_cover
    if missing:
        assert limit_of(balance + missing - fund_rule.replenish_step, fund_rule) < to_cover


@pytest.mark.clause("FJ-13(a)", "LG-38")
@given(st.lists(AMOUNTS, max_size=30), st.decimals("0", "2000000", places=2))
def test_the_first_that_does_not_fit_ends_it_for_all_after_it(amounts: list[Decimal], available: Decimal) -> None:
    fitting, refused = in_order(requests(amounts), available)
    assert [*fitting, *refused] == requests(amounts)
    assert sum(request.amount for request in fitting) <= available
    if refused:
        assert sum((request.amount for request in fitting), Decimal(0)) + refused[0].amount > available


def test_a_smaller_one_further_down_does_not_overtake() -> None:
    fitting, refused = in_order(requests([Decimal(60), Decimal(50), Decimal(10)]), Decimal(100))
    assert (len(fitting), len(refused)) == (1, 2)


def test_new_cover_stops_above_the_tolerated_share_of_bad_loans() -> None:
    strict = rule(fund__bad_loan_tolerance="0.05")
    assert is_tolerated(Decimal(5), Decimal(100), strict)
    assert not is_tolerated(Decimal("5.01"), Decimal(100), strict)
    assert is_tolerated(Decimal(99), Decimal(100), rule())


def test_a_county_may_stop_cover_when_the_share_is_reached() -> None:
    strict = rule(fund__bad_loan_tolerance={"share": "0.05", "word": "reaches"})
    assert is_tolerated(Decimal("4.99"), Decimal(100), strict)
    assert not is_tolerated(Decimal(5), Decimal(100), strict)


def test_warns_when_the_fund_is_thin() -> None:
    thin = rule(fund__replenish_below_ratio="0.12")
    assert cover_of(Decimal(11), Decimal(100), Decimal(0), thin).replenish_warning
    assert not cover_of(Decimal(12), Decimal(100), Decimal(0), thin).replenish_warning
