"""Whose rating rises when a loan is repaid on time, from which day, for how long, and only once (FJ-10, LG-10)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.county import GOOD_ANSWERS, VILLAGE, get
from services.registry.tests.rating_county import ratings
from services.registry.tests.rating_schemes import BANK
from services.registry.tests.repaid_loans import put_on_list, rate_again, rated_by_two, rated_home, repay
from shared.access import Role
from shared.events.lending import LoanClosed
from shared.events.received import Received
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

_LENT = """
INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on, bank_code)
VALUES ($1, $2::uuid, $3, 20000, '2017-02-01', $4)
"""


async def _history(registry: ServiceUnderTest, household: str) -> list[dict[str, Any]]:
    """Return a household's ratings, the latest first."""
    answer = await get(registry, f"/households/{household}/rating?as_of=2018-02-01", Role.TOWNSHIP)
    found: list[dict[str, Any]] = answer.json()["ratings"]
    return found


@pytest.mark.clause("FJ-10(c)")
async def test_a_raised_line_holds_from_the_day_of_closing_for_the_packs_term(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await repay(registry, household)
    raised, before = await _history(registry, household)
    assert (raised["valid_from"], raised["valid_until"]) == ("2018-01-10", "2020-01-10")
    assert (before["valid_from"], before["valid_until"]) == ("2017-01-13", "2019-01-13")


@pytest.mark.clause("FJ-10(c)")
@pytest.mark.parametrize(
    ("closed_on", "expected"),
    [(date(2017, 1, 12), ("C", "30000.00")), (date(2017, 1, 13), ("B", "40000.00"))],
)
async def test_a_rating_rises_from_its_own_first_day_on(
    registry: ServiceUnderTest, closed_on: date, expected: tuple[str, str]
) -> None:
    household = await rated_home(registry)
    await repay(registry, household, closed_on)
    assert (await ratings(registry, "2017-02-01"))[household] == expected


@pytest.mark.clause("FJ-10(c)")
async def test_late_news_raises_the_rating_of_the_day_of_closing(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await rate_again(registry, household, GOOD_ANSWERS)
    await repay(registry, household, date(2017, 12, 20))
    assert (await ratings(registry, "2018-01-01"))[household] == ("B", "40000.00")
    assert (await ratings(registry, "2018-02-01"))[household] == ("A", "50000.00")


@pytest.mark.clause("FJ-10(c)")
async def test_a_loan_raises_once_however_often_its_event_arrives(registry: ServiceUnderTest) -> None:
    household, loan_id = await rated_home(registry), new_id()
    for _ in range(2):
        await repay(registry, household, loan_id=loan_id)
    assert (await ratings(registry, "2018-02-01"))[household] == ("B", "40000.00")
    assert len(await _history(registry, household)) == 2


def _closing(household: str, loan_id: UUID, closed_on: date, place: int) -> Received[LoanClosed]:
    event = LoanClosed(
        loan_id=loan_id,
        household_id=UUID(household),
        village_code=VILLAGE,
        principal=Decimal(30_000),
        closed_on=closed_on,
        repaid_on_time=True,
    )
    return Received(
        event=event,
        event_id=new_id(),
        aggregate_id=loan_id,
        aggregate_version=1,
        region_code=VILLAGE,
        occurred_at=datetime.now(UTC),
        traceparent=None,
        stream_sequence=place,
        subject="lending.loan-closed.v1.00.00.00",
        body=event.model_dump_json().encode(),
    )


@pytest.mark.clause("FJ-10(c)")
async def test_two_loans_of_one_batch_raise_one_after_the_other_by_their_days(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    first, second = sorted((new_id(), new_id()))
    # The loan with the smaller id is the one that was closed later.
    later = _closing(household, first, date(2018, 12, 10), 1)
    earlier = _closing(household, second, date(2018, 1, 10), 2)
    await registry.deliver_all([later, earlier])
    assert (await ratings(registry, "2018-02-01"))[household] == ("B", "40000.00")
    assert (await ratings(registry, "2018-12-10"))[household] == ("A", "50000.00")


@pytest.mark.parametrize(
    ("listed_on", "cleared_on", "expected"),
    [
        (date(2018, 1, 10), None, ("C", "30000.00")),
        (date(2018, 1, 11), None, ("B", "40000.00")),
        (date(2017, 6, 1), date(2018, 1, 10), ("B", "40000.00")),
        (date(2017, 6, 1), date(2018, 1, 11), ("C", "30000.00")),
    ],
)
async def test_a_line_is_frozen_from_the_day_of_listing_to_the_day_before_clearing(
    registry: ServiceUnderTest, listed_on: date, cleared_on: date | None, expected: tuple[str, str]
) -> None:
    household = await rated_home(registry)
    await put_on_list(registry, household, listed_on, cleared_on)
    await repay(registry, household, date(2018, 1, 10))
    assert (await ratings(registry, "2018-02-01"))[household] == expected


@pytest.mark.clause("LG-10(b)")
async def test_another_banks_rating_stays_as_it_is(regional_registry: ServiceUnderTest) -> None:
    registry, household = await rated_by_two(regional_registry)
    await repay(registry, household, bank_code="RCB")
    assert (await ratings(registry, "2018-02-01", bank_code=BANK))[household] == ("silver", "20000.00")


@pytest.mark.clause("LG-10(b)", "FJ-10(c)")
async def test_the_banks_own_rating_rises_though_the_countys_is_newer(regional_registry: ServiceUnderTest) -> None:
    registry, household = await rated_by_two(regional_registry)
    await rate_again(registry, household, GOOD_ANSWERS)
    await repay(registry, household, date(2018, 2, 1), bank_code=BANK, principal=Decimal(20_000))
    assert (await ratings(registry, "2018-03-01", bank_code=BANK))[household] == ("gold", "45000.00")


@pytest.mark.clause("LG-10(b)")
async def test_news_without_a_bank_is_about_the_bank_that_lent(regional_registry: ServiceUnderTest) -> None:
    registry, household = await rated_by_two(regional_registry)
    loan_id = new_id()
    await registry.database.pool.execute(_LENT, loan_id, household, VILLAGE, BANK)
    await repay(registry, household, loan_id=loan_id, principal=Decimal(20_000))
    assert (await ratings(registry, "2018-02-01", bank_code=BANK))[household] == ("gold", "45000.00")
