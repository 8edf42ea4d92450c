"""Who is chosen on the very day: ratings that hold, lists, loans closed or overdue by then (FJ-10)."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.county import GOOD_ANSWERS, VILLAGE
from services.registry.tests.demonstration_steps import chosen, propose, rated
from services.registry.tests.rating_county import FAILING, Campaign, Home, settled
from services.registry.tests.rating_schemes import BANK, BANK_SCHEME, governed
from shared.testing.service import ServiceUnderTest

DAY, BEFORE, AFTER = date(2017, 12, 1), date(2017, 11, 30), date(2017, 12, 2)
_RATING = """
INSERT INTO rating (household_id, village_code, bank_code, grade, credit_limit, cause, loan_id, valid_from, valid_until)
VALUES ($1, $2, $3, 'A', $4, 'repaid_on_time', uuid7(), $5, $6)
"""
_LISTING = """
INSERT INTO listing (id, household_id, village_code, list_name, cause, loan_id, listed_on, source, reason, evidence,
  state, cleared_on, clear_cause, office)
VALUES (uuid7(), $1, $2, 'dishonesty', 'overdue', uuid7(), $3, 'event', 'x', '[{}]', $4, $5, $6, 'bank')
"""
_LOAN = """
INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on, closed_on, repaid_on_time,
  overdue_from, defaulted_on)
VALUES (uuid7(), $1, $2, 10000, '2017-02-01', $3, $4, $5, $6)
"""


async def _do(registry: ServiceUnderTest, statement: str, household: str, *arguments: Any) -> None:
    await registry.database.pool.execute(statement, UUID(household), *arguments)


async def _rate(
    registry: ServiceUnderTest,
    household: str,
    credit_limit: str,
    begins: date,
    ends: date = date(2019, 1, 1),
    bank: str | None = None,
) -> None:
    await _do(registry, _RATING, household, VILLAGE, bank, Decimal(credit_limit), begins, ends)


async def _list(registry: ServiceUnderTest, household: str, listed_on: date, cleared_on: date | None) -> None:
    state, cause = ("cleared", "debt_cleared") if cleared_on else ("listed", None)
    await _do(registry, _LISTING, household, VILLAGE, listed_on, state, cleared_on, cause)


async def _households(registry: ServiceUnderTest) -> list[dict[str, Any]]:
    answer = await propose(registry)
    assert answer.status_code == 201, answer.text
    return await chosen(registry, answer.json()["id"], "households")


async def _order(registry: ServiceUnderTest) -> list[str]:
    return [each["household_id"] for each in await _households(registry)]


@pytest.mark.clause("FJ-10(a)")
async def test_households_that_are_alike_rank_by_the_line_of_the_rating_that_holds(registry: ServiceUnderTest) -> None:
    plain, higher, to_come, by_a_bank = await rated(registry, [Home(), Home(), Home(), Home()])
    await _rate(registry, higher, "60000.00", DAY)
    await _rate(registry, to_come, "70000.00", AFTER)
    await _rate(registry, by_a_bank, "80000.00", DAY, bank=BANK)
    found = await _households(registry)
    assert [(each["household_id"], each["credit_limit"]) for each in found] == [
        (higher, "60000.00"),
        (plain, "50000.00"),
        (to_come, "50000.00"),
        (by_a_bank, "50000.00"),
    ]


@pytest.mark.clause("FJ-10(a)")
async def test_a_rating_that_ends_on_the_day_is_none(registry: ServiceUnderTest) -> None:
    holds, ended = await rated(registry, [Home(), Home()])
    await _rate(registry, holds, "50000.00", BEFORE, AFTER)
    await _rate(registry, ended, "50000.00", BEFORE, DAY)
    assert await _order(registry) == [holds]


@pytest.mark.clause("FJ-10(a)")
async def test_who_is_on_a_list_that_day_is_not_chosen(registry: ServiceUnderTest) -> None:
    days = ((DAY, None), (AFTER, None), (BEFORE, DAY), (BEFORE, AFTER))
    ids = await rated(registry, [Home() for _ in days])
    for household, (listed_on, cleared_on) in zip(ids, days, strict=True):
        await _list(registry, household, listed_on, cleared_on)
    assert await _order(registry) == [ids[1], ids[2]]


@pytest.mark.clause("FJ-10(a)")
async def test_who_left_the_register_that_day_is_not_chosen(registry: ServiceUnderTest) -> None:
    leaves, stays = await rated(registry, [Home(), Home()])
    for household, day in ((leaves, DAY), (stays, AFTER)):
        statement = "UPDATE household SET ended_on = $2, end_reason = 'moved_out' WHERE id = $1"
        await _do(registry, statement, household, day)
    assert await _order(registry) == [stays]


@pytest.mark.clause("FJ-10(a)")
async def test_loans_count_by_what_was_known_that_day(registry: ServiceUnderTest) -> None:
    closed_and_overdue: tuple[tuple[date | None, bool | None, date | None, date | None], ...] = (
        (DAY, True, None, None),
        (AFTER, True, None, None),
        (DAY, False, None, None),
        (AFTER, False, None, None),
        (None, None, DAY, None),
        (None, None, AFTER, None),
        (None, None, None, DAY),
        (None, None, None, AFTER),
        (AFTER, False, BEFORE, None),
    )
    ids = await rated(registry, [Home() for _ in closed_and_overdue])
    for household, loan in zip(ids, closed_and_overdue, strict=True):
        await _do(registry, _LOAN, household, VILLAGE, *loan)
    found = {each["household_id"]: (each["on_time_count"], each["late_count"]) for each in await _households(registry)}
    assert [found[household] for household in ids] == [
        (1, 0),
        (0, 0),
        (0, 1),
        (0, 0),
        (0, 1),
        (0, 0),
        (0, 1),
        (0, 0),
        (0, 1),
    ]


@pytest.mark.clause("FJ-10(a)")
async def test_a_villages_repayments_count_up_to_the_day(registry: ServiceUnderTest) -> None:
    [household] = await rated(registry, [Home()])
    for closed_on in (BEFORE, DAY, AFTER):
        await _do(registry, _LOAN, household, VILLAGE, closed_on, True, None, None)
    choice = (await propose(registry)).json()["id"]
    [village] = await chosen(registry, choice, "villages")
    assert (village["repaid_count"], village["on_time_count"]) == (2, 2)


@pytest.mark.clause("FJ-10(a)")
async def test_a_villages_average_is_that_of_its_credit_households(registry: ServiceUnderTest) -> None:
    await rated(registry, [*[Home()] * 4, Home(answers=FAILING)])
    choice = (await propose(registry)).json()["id"]
    [village] = await chosen(registry, choice, "villages")
    assert Decimal(village["average_score"]) == 100


@pytest.mark.clause("FJ-10(a)", "LG-10(b)")
async def test_the_countys_latest_final_campaign_is_what_ranks(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, bank_schemes=[BANK_SCHEME])
    await settled(registry, [Home(answers={**GOOD_ANSWERS, "deposits": 1_500})])
    first = await Campaign.opened(registry)
    second = await Campaign.opened(registry, 2018, as_of="2017-01-05")
    of_a_bank = await Campaign.opened(registry, bank_code=BANK)
    for campaign, finalised_on in ((second, "2017-01-16"), (first, "2017-01-13"), (of_a_bank, "2017-01-17")):
        await (await campaign.shown()).final(finalised_on)
    ranked_by = [
        (await propose(registry, year, as_of=as_of)).json()["campaign_id"]
        for year, as_of in ((2017, "2017-01-15"), (2018, "2017-01-16"), (2019, "2017-02-01"))
    ]
    assert ranked_by == [first.id, second.id, second.id]
