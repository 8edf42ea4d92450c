"""The subsidy of one interest payment, by the clauses."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.tests.county import pack
from shared.policy.arrangements import LegacyRule
from shared.policy.terms import ShareFrom, SubsidyRule
from shared.policy.vocabulary import PovertyState as State
from spec.subsidy import Contract, InterestPaid, StateFrom, SubsidyDue, SubsidyStatus, subsidy_due, subsidy_status

RULE = pack().subsidy_rule()
LOAN = Contract(Decimal("50000.00"), Decimal("4.35"), date(2017, 3, 1))
PAID = InterestPaid(Decimal("1776.25"), date(2017, 3, 1), date(2017, 12, 20))  # 294 days
LEGACY = LegacyRule(Decimal(50000), Decimal(100000), 36, True, date(2016, 12, 31), Decimal("0.50"))


def due(
    paid: InterestPaid = PAID,
    loan: Contract = LOAN,
    stop: date | None = None,
    rule: SubsidyRule = RULE,
    cap: str | None = None,
    legacy: LegacyRule | None = None,
    lifted: bool = False,
) -> SubsidyDue:
    return subsidy_due(
        paid, loan, SubsidyStatus(stop, lifted), rule, (legacy,) if legacy else (), Decimal(cap) if cap else None
    )


def test_gives_back_the_whole_interest_that_was_paid() -> None:
    found = due()
    assert (found.amount, found.reasons, found.days, found.eligible_days) == (Decimal("1776.25"), ("full",), 294, 294)


@pytest.mark.parametrize(
    ("stop", "amount", "eligible"),
    [
        (date(2017, 12, 20), "1776.25", 294),  # the day after the last one counts no more
        (date(2017, 12, 19), "1770.21", 293),
        (date(2017, 7, 26), "888.13", 147),  # half of the days, half a fen rounded up
        (date(2017, 3, 2), "6.04", 1),
        (date(2017, 3, 1), "0.00", 0),
        (date(2016, 1, 1), "0.00", 0),
    ],
)
def test_stops_on_the_day_the_household_is_stably_lifted(stop: date, amount: str, eligible: int) -> None:
    found = due(stop=stop)
    assert (found.amount, found.eligible_days) == (Decimal(amount), eligible)
    assert found.withheld["stopped"] == PAID.amount - Decimal(amount)
    assert found.reasons == (("full",) if amount == "1776.25" else ("stopped",))


@pytest.mark.clause("DZ-1b")
@pytest.mark.parametrize(
    ("cap", "amount"), [("4.35", "1776.25"), ("9", "1776.25"), ("3.65", "1490.42"), ("4.349999", "1776.25")]
)
def test_gives_back_interest_up_to_the_rate_cap(cap: str, amount: str) -> None:
    found = due(cap=cap)
    assert (found.amount, found.withheld["above_cap"]) == (Decimal(amount), PAID.amount - Decimal(amount))


@pytest.mark.clause("XX-4")
@pytest.mark.parametrize(
    ("period", "eligible"),
    [
        ((date(2019, 12, 20), date(2020, 3, 1)), 72),
        ((date(2019, 12, 20), date(2020, 3, 11)), 72),
        ((date(2020, 3, 1), date(2020, 12, 20)), 0),
    ],
)
def test_interest_beyond_the_third_year_is_the_borrowers(period: tuple[date, date], eligible: int) -> None:
    found = due(InterestPaid(Decimal("100.00"), *period), rule=replace(RULE, years_max=3))
    assert found.eligible_days == eligible
    assert found.amount + found.withheld["beyond_years"] == Decimal("100.00")


@pytest.mark.parametrize(
    ("rate", "fixed", "cap", "amount"),
    [
        ("6.00", "5.00", None, "1666.67"),  # 2000.00 of 6 %: five sixths
        ("5.00", "5.00", None, "2000.00"),
        ("4.35", "5.00", None, "2000.00"),  # never more than was paid
        ("6.00", "5.00", "3.00", "1000.00"),  # the lower of the two
        ("6.00", "3.00", "5.00", "1000.00"),
        ("0.00", "5.00", None, "2000.00"),
    ],
)
def test_a_fixed_rate_is_borne_by_the_treasury_and_what_is_above_by_the_household(
    rate: str, fixed: str, cap: str | None, amount: str
) -> None:
    loan, rule = replace(LOAN, annual_rate=Decimal(rate)), replace(RULE, fixed_rate=Decimal(fixed))
    found = due(replace(PAID, amount=Decimal("2000.00")), loan, rule=rule, cap=cap)
    assert found.amount == Decimal(amount)
    assert found.withheld["above_cap"] == Decimal("2000.00") - Decimal(amount)


@pytest.mark.parametrize(("months", "eligible"), [(9, 275), (10, 294), (1, 31)])
def test_a_subsidy_of_so_many_months_ends_on_their_last_day(months: int, eligible: int) -> None:
    found = due(rule=replace(RULE, months_max=months))
    assert (found.eligible_days, "beyond_years" in found.reasons) == (eligible, eligible < 294)


def test_a_loan_granted_without_subsidy_gets_none_and_a_year_is_served_once_where_the_pack_says_so() -> None:
    alone = due(loan=replace(LOAN, without_subsidy=True))
    assert (alone.amount, alone.withheld["not_covered"]) == (Decimal(0), PAID.amount)
    assert alone.reasons == ("without_subsidy",)
    again, once = replace(PAID, year_served=True), replace(RULE, once_a_year=True)
    assert due(again).reasons == ("full",)
    assert due(rule=once).reasons == ("full",)
    assert (due(again, rule=once).amount, due(again, rule=once).reasons) == (Decimal(0), ("year_served",))


@pytest.mark.clause("XX-4")
def test_a_loan_of_a_leap_day_has_its_years_counted_to_the_last_of_february() -> None:
    leap = replace(LOAN, disbursed_on=date(2016, 2, 29))
    paid = InterestPaid(Decimal("90.00"), date(2019, 2, 20), date(2019, 3, 1))
    assert due(paid, leap, rule=replace(RULE, years_max=3)).eligible_days == 8


@pytest.mark.clause("LG-2b")
@pytest.mark.parametrize(
    ("principal", "disbursed_on", "amount"),
    [
        ("100000.00", date(2016, 12, 31), "50.00"),  # the legacy rule's own share, of the whole loan
        ("100000.00", date(2017, 1, 1), "50.00"),  # not an legacy loan: half of it lies above the largest principal
        ("50000.00", date(2016, 12, 31), "100.00"),  # not above the legacy rule's amount
    ],
)
def test_legacy_larger_loans_keep_their_own_rule(principal: str, disbursed_on: date, amount: str) -> None:
    paid = InterestPaid(Decimal("100.00"), date(2017, 3, 1), date(2017, 6, 1))
    found = due(paid, Contract(Decimal(principal), Decimal("4.35"), disbursed_on), legacy=LEGACY)
    assert found.amount == Decimal(amount)
    legacy = principal == "100000.00" and disbursed_on.year == 2016
    assert found.reasons == ({"50.00": ("beyond_share",) if legacy else ("above_principal",)}.get(amount, ("full",)))


def test_a_later_share_holds_from_its_day_on() -> None:
    rule = replace(RULE, later_shares=(ShareFrom(date(2017, 7, 26), Decimal("0.70")),))
    found = due(rule=rule)
    assert found.amount == Decimal("1509.81")  # 147 days in full, 147 days at 70 %
    assert found.withheld["beyond_share"] == Decimal("266.44")


def test_lifted_households_keep_the_subsidy_unless_the_pack_says_otherwise() -> None:
    states = [StateFrom(date(2016, 1, 1), State.REGISTERED), StateFrom(date(2017, 7, 26), State.LIFTED)]
    assert subsidy_status(states, RULE, LOAN.disbursed_on).stop_from is None
    strict = replace(RULE, keeps_after_lifting=False)
    assert subsidy_status(states, strict, LOAN.disbursed_on).stop_from == date(2017, 7, 26)


def test_lifted_households_that_borrow_again_keep_it_unless_the_pack_says_otherwise() -> None:
    at_start = subsidy_status([StateFrom(date(2017, 1, 1), State.LIFTED)], RULE, LOAN.disbursed_on)
    assert at_start.lifted_at_start
    assert due(lifted=True).amount == PAID.amount
    found = due(lifted=True, rule=replace(RULE, lifted_may_start=False))
    assert (found.amount, found.reasons) == (Decimal(0), ("lifted_at_start",))


def test_a_stop_that_was_over_before_the_loan_does_not_touch_it() -> None:
    states = [StateFrom(date(2015, 1, 1), State.STABLY_LIFTED), StateFrom(date(2016, 1, 1), State.MONITORED)]
    assert subsidy_status(states, RULE, LOAN.disbursed_on).stop_from is None
    assert subsidy_status(states, RULE, date(2015, 6, 1)).stop_from == date(2015, 1, 1)
    assert subsidy_status([], RULE, LOAN.disbursed_on) == SubsidyStatus()


def test_prepaid_interest_follows_the_pack_and_no_day_is_paid_twice() -> None:
    prepaid = replace(PAID, prepaid=True)
    assert due(prepaid).amount == PAID.amount
    assert due(prepaid, rule=replace(RULE, covers_prepaid_interest=False)).reasons == ("prepaid",)
    repeated = due(replace(PAID, repeated=PAID.amount))
    assert (repeated.amount, repeated.withheld["not_covered"]) == (Decimal(0), PAID.amount)
    partly = due(replace(PAID, repeated=Decimal("6.04")))
    assert (partly.amount, partly.withheld["not_covered"]) == (Decimal("1770.21"), Decimal("6.04"))
    assert (partly.reasons, repeated.reasons) == (("days_repeated",), ("days_repeated",))


days = st.dates(date(2015, 1, 1), date(2022, 1, 1))
money = st.integers(1, 10_000_000).map(lambda fen: Decimal(fen).scaleb(-2))


@pytest.mark.clause("DZ-7")
@given(
    amount=money,
    start=days,
    length=st.integers(0, 400),
    stop=st.none() | days,
    principal=money,
    rate=st.integers(0, 1500).map(lambda units: Decimal(units).scaleb(-2)),
    cap=st.none() | st.integers(1, 1500).map(lambda units: Decimal(units).scaleb(-2)),
    years=st.none() | st.integers(1, 5),
    later=st.lists(st.tuples(days, st.integers(0, 100)), max_size=3, unique_by=lambda each: each[0]),
)
def test_every_fen_of_the_interest_is_paid_or_explained(
    amount: Decimal,
    start: date,
    length: int,
    stop: date | None,
    principal: Decimal,
    rate: Decimal,
    cap: Decimal | None,
    years: int | None,
    later: list[tuple[date, int]],
) -> None:
    shares = tuple(ShareFrom(day, Decimal(percent) / 100) for day, percent in later)
    rule = replace(RULE, years_max=years, later_shares=shares, principal_max=Decimal(30000))
    paid = InterestPaid(amount, start, date.fromordinal(start.toordinal() + length))
    found = subsidy_due(paid, Contract(principal, rate, date(2017, 3, 1)), SubsidyStatus(stop), rule, (), cap)
    assert found.amount + sum(found.withheld.values()) == amount
    assert min(found.amount, *found.withheld.values()) >= 0
    assert 0 <= found.eligible_days <= found.days
    assert set(found.reasons) == ({name for name, fen in found.withheld.items() if fen} or {"full"})
