"""Loans that lending corrects: what is owed, who is on a list, whose quota and credit limit (FJ-10, FJ-12, LG-22)."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry.standing.lists.rules import Lateness, lateness_of
from services.registry.tests.county import COUNTY, events, get, registered, row
from services.registry.tests.duty_steps import duties, run_day
from services.registry.tests.published_loans import (
    CLOSED,
    CLOSED_LATE,
    CORRECTED_ON,
    DEFAULTED,
    LATE,
    LATE_SINCE,
    NEVER_LATE,
    PAID_UP_LATE,
    PRINCIPAL,
    REPAID_ON,
    PublishedLoan,
    counts,
    publish,
)
from services.registry.tests.rating_county import POOR, Campaign, Home, ratings, settled
from services.registry.tests.repaid_loans import rated_home
from shared.access import Role
from shared.events.base import Event
from shared.events.registry import HouseholdUnlisted, VillageQuotaRestored
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

AFTER = "2018-10-01"


async def _entries(registry: ServiceUnderTest) -> list[tuple[Any, ...]]:
    rows = await registry.database.pool.fetch(
        "SELECT list_name, listed_on, cleared_on, clear_cause FROM listing ORDER BY listed_on, list_name, id"
    )
    return [tuple(each) for each in rows]


async def _loan(registry: ServiceUnderTest, loan: PublishedLoan) -> dict[str, Any]:
    row = await registry.database.pool.fetchrow("SELECT * FROM household_loan WHERE loan_id = $1", loan.loan_id)
    assert row is not None
    return dict(row)


async def _share_left(registry: ServiceUnderTest) -> str:
    [quota] = (await get(registry, f"/village-quotas?region_code={COUNTY}", Role.SERVICE_CENTRE)).json()["items"]
    share: str = quota["share_left"]
    return share


@pytest.fixture
async def loan(registry: ServiceUnderTest) -> PublishedLoan:
    [household] = await registered(registry, row(1))
    published = PublishedLoan(household)
    await publish(registry, published, published.disbursed())
    return published


@pytest.mark.clause("LG-22(c)")
async def test_a_loan_whose_recovery_is_taken_back_is_owed_and_listed_again(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    first, last = new_id(), new_id()
    part, rest = Decimal("10000.00"), PRINCIPAL - Decimal("10000.00")
    await publish(registry, loan, loan.overdue(), loan.defaulted(malicious=True))
    await publish(registry, loan, loan.recovered(part, first), loan.recovered(rest, last), loan.closed(on_time=False))
    assert {entry[0]: entry[3] for entry in await _entries(registry)} == {
        "dishonesty": "debt_cleared",
        "blacklist": "debt_cleared",
    }
    await publish(registry, loan, loan.recovery_reversed(first, part, **{str(last): rest}))
    kept = await registry.database.pool.fetch("SELECT id, principal FROM household_repayment")
    assert [tuple(each) for each in kept] == [(last, rest)]
    stands = await _loan(registry, loan)
    assert (stands["closed_on"], stands["repaid_on_time"], stands["late_since"]) == (None, None, LATE_SINCE)
    again = [entry[:3] for entry in await _entries(registry) if entry[3] is None]
    assert sorted(again) == [("blacklist", CORRECTED_ON, None), ("dishonesty", CORRECTED_ON, None)]


async def test_what_is_owed_follows_the_repayments_that_count(registry: ServiceUnderTest, loan: PublishedLoan) -> None:
    first, second = new_id(), new_id()
    await publish(
        registry, loan, loan.repaid(Decimal("9000.00"), repayment_id=first), loan.repaid(PRINCIPAL, repayment_id=second)
    )
    await publish(
        registry,
        loan,
        loan.restated(
            NEVER_LATE, NEVER_LATE, (counts(first, Decimal("9500.00"), date(2018, 1, 2)),), reversed_ids=(second,)
        ),
    )
    rows = await registry.database.pool.fetch("SELECT id, paid_on, principal FROM household_repayment")
    assert [tuple(each) for each in rows] == [(first, date(2018, 1, 2), Decimal("9500.00"))]
    nothing = counts(first, Decimal("0.00"))
    await publish(registry, loan, loan.restated(NEVER_LATE, NEVER_LATE, (nothing,)))
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_repayment") == 0


async def test_a_loan_that_is_opened_again_bars_another(registry: ServiceUnderTest, loan: PublishedLoan) -> None:
    await publish(registry, loan, loan.closed(on_time=False), loan.restated(CLOSED_LATE, LATE))
    known = await _loan(registry, loan)
    assert (known["closed_on"], known["repaid_on_time"], known["overdue_from"]) == (None, None, LATE_SINCE)
    await publish(registry, loan, loan.restated(LATE, CLOSED))
    known = await _loan(registry, loan)
    assert (known["closed_on"], known["repaid_on_time"], known["overdue_from"]) == (REPAID_ON, True, None)


async def test_a_loan_whose_disbursement_was_taken_back_counts_for_nothing(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    await publish(registry, loan, loan.overdue())
    assert await _entries(registry) == [("dishonesty", LATE_SINCE, None, None)]
    await run_day(registry, "2018-09-01")
    assert {each["state"] for each in await duties(registry, as_of="2018-09-01", loan_id=loan.loan_id)} == {
        "late",
        "open",
    }
    await publish(registry, loan, loan.reversed())
    await run_day(registry, "2018-09-11")
    assert {each["state"] for each in await duties(registry, as_of="2018-09-11", loan_id=loan.loan_id)} == {"ended"}
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_loan") == 0
    assert await _entries(registry) == [("dishonesty", LATE_SINCE, LATE_SINCE, "overturned")]


@pytest.mark.clause("FJ-12(a)")
@pytest.mark.parametrize(
    ("overdue_from", "never_late", "found"),
    [(LATE_SINCE, False, Lateness.LATE), (None, False, Lateness.OVER), (None, True, Lateness.NEVER)],
)
def test_a_loan_is_late_was_late_or_never_was(overdue_from: date | None, never_late: bool, found: Lateness) -> None:
    assert lateness_of(overdue_from, never_late) is found


@pytest.mark.clause("FJ-12(a)")
async def test_money_that_had_come_in_time_leaves_no_entry_that_ever_held(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    await publish(registry, loan, loan.overdue(), loan.restated(LATE, NEVER_LATE))
    assert await _entries(registry) == [("dishonesty", LATE_SINCE, LATE_SINCE, "overturned")]
    [(published, version)] = await events(registry, HouseholdUnlisted)
    assert (published.overturned, published.cleared_on, version) == (True, LATE_SINCE, 2)
    steps = await registry.database.pool.fetch("SELECT kind, happened_on FROM listing_event ORDER BY id")
    assert [tuple(each) for each in steps] == [("listed", LATE_SINCE), ("overturned", CORRECTED_ON)]
    await publish(registry, loan, loan.restated(NEVER_LATE, NEVER_LATE))
    assert len(await events(registry, HouseholdUnlisted)) == 1


@pytest.mark.clause("FJ-12(a)")
async def test_an_entry_that_was_right_ends_when_the_arrears_are_paid(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    await publish(registry, loan, loan.overdue(), loan.restated(LATE, PAID_UP_LATE))
    assert await _entries(registry) == [("dishonesty", LATE_SINCE, CORRECTED_ON, "debt_cleared")]


async def test_an_entry_that_repayment_ended_is_still_found_wrong(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    await publish(registry, loan, loan.overdue(), loan.closed(on_time=False, on=date(2018, 4, 2)))
    assert await _entries(registry) == [("dishonesty", LATE_SINCE, date(2018, 4, 2), "debt_cleared")]
    await publish(registry, loan, loan.restated(CLOSED_LATE, CLOSED))
    assert await _entries(registry) == [("dishonesty", LATE_SINCE, LATE_SINCE, "overturned")]
    assert [published.overturned for published, _ in await events(registry, HouseholdUnlisted)] == [False, True]


@pytest.mark.clause("FJ-12(a)", "LG-22(c)")
async def test_a_loan_whose_repayment_was_taken_back_is_listed_again(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    closed_on = date(2018, 8, 1)
    await publish(registry, loan, loan.overdue(), loan.defaulted(), loan.closed(on_time=False, on=closed_on))
    await publish(registry, loan, loan.restated(CLOSED_LATE, DEFAULTED))
    assert await _entries(registry) == [
        ("dishonesty", LATE_SINCE, closed_on, "debt_cleared"),
        ("blacklist", date(2018, 7, 1), closed_on, "debt_cleared"),
        ("blacklist", CORRECTED_ON, None, None),
        ("dishonesty", CORRECTED_ON, None, None),
    ]


@pytest.mark.clause("LG-22(c)", "FJ-12(c)")
async def test_a_cured_default_leaves_the_lists_and_costs_the_village_all_the_same(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    await publish(registry, loan, loan.overdue(), loan.defaulted(), loan.lifted("cured"))
    assert [(each[0], *each[2:]) for each in await _entries(registry)] == [
        ("dishonesty", CORRECTED_ON, "debt_cleared"),
        ("blacklist", CORRECTED_ON, "debt_cleared"),
    ]
    assert await _share_left(registry) == "0.8"
    known = await _loan(registry, loan)
    assert (known["defaulted_on"], known["malicious"], known["default_lifted_on"]) == (
        date(2018, 7, 1),
        True,
        CORRECTED_ON,
    )


@pytest.mark.clause("LG-22(c)", "FJ-12(c)")
async def test_a_default_withdrawn_as_wrong_never_held_and_gives_the_quota_back(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    await publish(registry, loan, loan.overdue(), loan.defaulted())
    assert await _share_left(registry) == "0.8"
    await publish(registry, loan, loan.lifted("withdrawn"))
    assert await _entries(registry) == [
        ("dishonesty", LATE_SINCE, None, None),
        ("blacklist", date(2018, 7, 1), date(2018, 7, 1), "overturned"),
    ]
    assert await _share_left(registry) == "1"
    [(restored, version)] = await events(registry, VillageQuotaRestored)
    assert (restored.loan_id, restored.effective_on, version) == (loan.loan_id, CORRECTED_ON, 2)
    known = await _loan(registry, loan)
    assert (known["defaulted_on"], known["malicious"], known["default_lifted_on"]) == (None, None, None)


@pytest.mark.clause("LG-22(c)")
async def test_a_default_whose_cure_is_taken_back_is_on_the_blacklist_again(
    registry: ServiceUnderTest, loan: PublishedLoan
) -> None:
    await publish(registry, loan, loan.overdue(), loan.defaulted(), loan.lifted("cured"))
    await publish(registry, loan, loan.restated(PAID_UP_LATE, DEFAULTED))
    assert (await _loan(registry, loan))["default_lifted_on"] is None
    assert [each[0] for each in await _entries(registry) if each[2] is None] == ["blacklist", "dishonesty"]


async def test_a_default_that_is_confirmed_anew_counts_again(registry: ServiceUnderTest, loan: PublishedLoan) -> None:
    await publish(registry, loan, loan.defaulted(), loan.lifted("cured"), loan.defaulted())
    known = await _loan(registry, loan)
    assert (known["defaulted_on"], known["default_lifted_on"]) == (date(2018, 7, 1), None)
    assert [each[2:] for each in await _entries(registry)] == [(CORRECTED_ON, "debt_cleared"), (None, None)]


@pytest.mark.clause("FJ-10(c)")
async def test_a_raise_is_taken_back_with_the_loan_and_given_when_it_was_on_time_after_all(
    registry: ServiceUnderTest,
) -> None:
    household = await rated_home(registry)
    loan = PublishedLoan(household)
    await publish(registry, loan, loan.disbursed(), loan.closed())
    assert (await ratings(registry, AFTER))[household] == ("B", "40000.00")
    await publish(registry, loan, loan.restated(CLOSED, LATE))
    for day in (REPAID_ON.isoformat(), AFTER):
        assert (await ratings(registry, day))[household] == ("C", "30000.00")
    await publish(registry, loan, loan.restated(LATE, CLOSED_LATE))
    assert (await ratings(registry, AFTER))[household] == ("C", "30000.00")
    await publish(registry, loan, loan.restated(CLOSED_LATE, CLOSED), loan.restated(CLOSED, CLOSED))
    assert (await ratings(registry, AFTER))[household] == ("B", "40000.00")
    causes = await registry.database.pool.fetch("SELECT cause FROM rating ORDER BY id")
    assert [each["cause"] for each in causes] == ["campaign", "repaid_on_time", "raise_taken_back", "repaid_on_time"]


@pytest.mark.clause("FJ-10(c)")
async def test_a_later_raise_is_counted_again_from_the_limit_that_is_left(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    first, second = PublishedLoan(household), PublishedLoan(household)
    await publish(registry, first, first.disbursed(), first.closed())
    await publish(registry, second, second.disbursed(), second.closed(on=date(2018, 9, 1)))
    assert (await ratings(registry, AFTER))[household] == ("A", "50000.00")
    await publish(registry, first, first.restated(CLOSED, LATE))
    assert (await ratings(registry, "2018-08-31"))[household] == ("C", "30000.00")
    assert (await ratings(registry, AFTER))[household] == ("B", "40000.00")


async def test_a_wrong_entry_froze_no_limit(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    late, other = PublishedLoan(household), PublishedLoan(household)
    await publish(registry, late, late.disbursed(), late.overdue())
    await publish(registry, other, other.disbursed(), other.closed(on=date(2018, 5, 2)))
    assert (await ratings(registry, AFTER))[household] == ("C", "30000.00")
    await publish(registry, late, late.restated(LATE, NEVER_LATE))
    assert (await ratings(registry, AFTER))[household] == ("B", "40000.00")


FIGURES = (NEVER_LATE, LATE, PAID_UP_LATE, CLOSED, CLOSED_LATE, DEFAULTED)


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[Any], list[int]]:
    """Return what happens to a loan, and an order in which its events arrive, some of them more than once."""
    kinds = ("overdue", "defaulted", "cured", "withdrawn", "closed", "closed late", *FIGURES)
    steps = draw(st.lists(st.sampled_from(kinds), min_size=2, max_size=7))
    again = draw(st.lists(st.integers(0, len(steps)), max_size=4))
    return steps, draw(st.permutations([*range(len(steps) + 1), *again]))


def _events(loan: PublishedLoan, steps: list[Any]) -> list[Event]:
    published, before = [loan.disbursed()], NEVER_LATE
    for place, step in enumerate(steps):
        on = CORRECTED_ON + timedelta(days=place)
        if not isinstance(step, str):
            published.append(loan.restated(before, step, on=on))
            before = step
        elif step in ("cured", "withdrawn"):
            published.append(loan.lifted("cured" if step == "cured" else "withdrawn", on))
        else:
            before = CLOSED if step == "closed" else CLOSED_LATE if step == "closed late" else before
            make = {"overdue": loan.overdue, "defaulted": loan.defaulted}
            published.append(make[step]() if step in make else loan.closed(on_time=step == "closed"))
    return published


async def _all_of(registry: ServiceUnderTest, loan: PublishedLoan) -> list[Any]:
    pool, found = registry.database.pool, []
    for statement in (
        "SELECT overdue_from, defaulted_on, malicious, default_lifted_on, closed_on, repaid_on_time "
        "FROM household_loan WHERE loan_id = $1",
        "SELECT list_name, cause, state, listed_on, cleared_on, clear_cause FROM listing WHERE loan_id = $1 "
        "ORDER BY listed_on, list_name, id",
        "SELECT grade, credit_limit, cause, valid_from, valid_until FROM rating WHERE loan_id = $1 ORDER BY id",
        "SELECT c.cut_share, r.effective_on FROM village_quota_cut c LEFT JOIN village_quota_restoration r "
        "USING (loan_id) WHERE c.loan_id = $1",
    ):
        found.append([tuple(each) for each in await pool.fetch(statement, loan.loan_id)])
    return found


@pytest.fixture
async def homes(registry: ServiceUnderTest) -> Iterator[str]:
    """Return households of grade C, one after the other."""
    found = await settled(registry, [Home(answers=POOR) for _ in range(400)])
    await (await (await Campaign.opened(registry)).shown()).final()
    return iter(found)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives())
async def test_any_order_and_repetition_of_a_loans_events_ends_alike(
    registry: ServiceUnderTest, homes: Iterator[str], life: tuple[list[Any], list[int]]
) -> None:
    steps, order = life
    straight, mixed = PublishedLoan(next(homes)), PublishedLoan(next(homes))
    await publish(registry, straight, *_events(straight, steps))
    published, ids = _events(mixed, steps), [new_id() for _ in range(len(steps) + 1)]
    for place in order:
        await registry.deliver(
            published[place], aggregate_id=mixed.loan_id, aggregate_version=place + 1, event_id=ids[place]
        )
    assert await _all_of(registry, mixed) == await _all_of(registry, straight)
