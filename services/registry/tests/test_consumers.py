"""What lending tells: open loans, lists, quotas and growing credit limits, in any order and any number of times."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.registry.standing.lists.rules import is_listed_for_lateness
from services.registry.tests.county import (
    COUNTY,
    PACK,
    VILLAGE,
    events,
    get,
    post,
    rated,
    registered,
    row,
)
from shared.access import Role
from shared.events.base import Event
from shared.events.lending import DefaultConfirmed, LoanClosed, LoanDisbursed, LoanOverdue
from shared.events.registry import HouseholdListed, VillageQuotaCut
from shared.households_sheet import INDICATOR_PREFIX
from shared.ids import new_id
from shared.policy.bounds import DaysBound
from shared.policy.vocabulary import BoundWord
from shared.testing.service import ServiceUnderTest

# 60 points less than the best answers: grade C.
POOR = {f"{INDICATOR_PREFIX}{code}": value for code, value in {"income_annual": 0, "migrant_workers": 0}.items()}


def _disbursed(loan_id: UUID, household: str, principal: str = "30000.00") -> LoanDisbursed:
    return LoanDisbursed(
        loan_id=loan_id,
        application_id=new_id(),
        household_id=UUID(household),
        contract_number="C1",
        bank_code="RCB",
        village_code=VILLAGE,
        principal=Decimal(principal),
        annual_rate=Decimal("4.35"),
        day_count="ACT/360",
        repayment_method="interest_only",
        term_months=12,
        disbursed_on=date(2017, 3, 20),
        matures_on=date(2018, 3, 20),
        industry="planting",
        loan_round=1,
        pack_version=1,
    )


def _overdue(loan_id: UUID, household: str, noticed_on: date = date(2017, 12, 21)) -> LoanOverdue:
    return LoanOverdue(
        loan_id=loan_id,
        household_id=UUID(household),
        village_code=VILLAGE,
        overdue_from=date(2017, 12, 21),
        noticed_on=noticed_on,
        amount_overdue=Decimal("100.00"),
    )


def _closed(loan_id: UUID, household: str, *, on_time: bool, closed_on: date = date(2018, 3, 20)) -> LoanClosed:
    return LoanClosed(
        loan_id=loan_id,
        household_id=UUID(household),
        village_code=VILLAGE,
        principal=Decimal("30000.00"),
        closed_on=closed_on,
        repaid_on_time=on_time,
    )


def _defaulted(loan_id: UUID, household: str, *, malicious: bool) -> DefaultConfirmed:
    return DefaultConfirmed(
        loan_id=loan_id,
        household_id=UUID(household),
        village_code=VILLAGE,
        bank_code="RCB",
        default_report_id=new_id(),
        cause="malicious" if malicious else "illness",
        malicious=malicious,
        confirmed_on=date(2018, 7, 1),
        overdue_from=date(2018, 3, 21),
        matures_on=date(2018, 3, 20),
        days_past_due=102,
        principal_outstanding=Decimal("30000.00"),
        interest_overdue=Decimal("10.00"),
        penalty_overdue=Decimal("1.00"),
    )


async def _tell(registry: ServiceUnderTest, events: Sequence[Event]) -> None:
    for event in events:
        loan_id: UUID = event.loan_id  # type: ignore[attr-defined]
        await registry.deliver(event, aggregate_id=loan_id)


async def _reasons(registry: ServiceUnderTest, household: str, as_of: str) -> list[str]:
    item = {"household_id": household, "amount": "30000.00", "term_months": 12}
    asked = {"as_of": as_of, "asker_regions": [""], "items": [item]}
    answer = await post(registry, "/eligibility-checks", asked, Role.SERVICE, region="")
    return [reason["code"] for reason in answer.json()["items"][0]["reasons"]]


async def _listings(registry: ServiceUnderTest) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await get(registry, f"/listings?region_code={COUNTY}", Role.BANK)).json()["items"]
    return items


async def test_an_open_loan_bars_another_until_it_is_closed(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await rated(registry)
    loan = new_id()
    await _tell(registry, [_disbursed(loan, household)])
    assert await _reasons(registry, household, "2017-06-01") == ["household-cap", "loan-open"]
    await _tell(registry, [_closed(loan, household, on_time=True)])
    assert await _reasons(registry, household, "2018-03-20") == []


@pytest.mark.clause("FJ-10(c)")
async def test_repaying_on_time_raises_the_grade_one_step(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, **POOR))
    final = await rated(registry)
    assert final["grades"] == [{"grade": "C", "household_count": 1}]
    for round_, (grade, credit_limit) in enumerate((("B", "40000.00"), ("A", "50000.00"), ("A", "50000.00")), start=1):
        loan = new_id()
        closed_on = date(2017 + round_, 3, 20)
        await _tell(
            registry, [_disbursed(loan, household), _closed(loan, household, on_time=True, closed_on=closed_on)]
        )
        shown = (await get(registry, f"/households/{household}/rating?as_of={closed_on}", Role.TOWNSHIP)).json()
        newest = shown["ratings"][0]
        assert (newest["grade"], newest["credit_limit"], newest["cause"]) == (grade, credit_limit, "repaid_on_time")
        assert (newest["valid_from"], newest["is_valid"]) == (closed_on.isoformat(), True)


@pytest.mark.clause("FJ-10(c)")
async def test_a_late_borrower_keeps_the_grade(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, **POOR))
    await rated(registry)
    loan = new_id()
    await _tell(registry, [_disbursed(loan, household), _closed(loan, household, on_time=False)])
    assert await registry.database.pool.fetchval("SELECT count(*) FROM rating") == 1


async def test_an_unrated_household_stays_unrated(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await _tell(registry, [_closed(new_id(), household, on_time=True)])
    assert await registry.database.pool.fetchval("SELECT count(*) FROM rating") == 0


@pytest.mark.clause("FJ-12(a)")
@pytest.mark.parametrize(
    ("after_days", "word", "noticed_on", "listed"),
    [
        (1, BoundWord.REACHES, date(2017, 12, 21), True),
        (30, BoundWord.REACHES, date(2018, 1, 18), False),
        (30, BoundWord.REACHES, date(2018, 1, 19), True),
        (30, BoundWord.EXCEEDS, date(2018, 1, 19), False),
        (30, BoundWord.EXCEEDS, date(2018, 1, 20), True),
        (None, BoundWord.REACHES, date(2019, 1, 1), False),
    ],
)
def test_the_pack_says_at_or_beyond_how_many_days_late_a_borrower_is_listed(
    after_days: int | None, word: BoundWord, noticed_on: date, listed: bool
) -> None:
    bound = None if after_days is None else DaysBound(after_days, word)
    rule = replace(PACK.list_rule(), dishonesty_after_days_late=bound)
    assert is_listed_for_lateness(rule, date(2017, 12, 21), noticed_on) is listed


@pytest.mark.clause("FJ-12(a)")
async def test_late_payment_puts_the_household_on_the_dishonesty_list(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await rated(registry)
    loan = new_id()
    await _tell(registry, [_disbursed(loan, household), _overdue(loan, household)])
    [listing] = await _listings(registry)
    assert (listing["list_name"], listing["cause"], listing["loan_id"], listing["listed_on"]) == (
        "dishonesty",
        "overdue",
        str(loan),
        "2017-12-21",
    )
    assert listing["cleared_on"] is None
    [(recorded, version)] = await events(registry, HouseholdListed)
    assert (str(recorded.household_id), recorded.list_name, recorded.listed_on, version) == (
        household,
        "dishonesty",
        date(2017, 12, 21),
        1,
    )
    assert "on-a-list" in await _reasons(registry, household, "2017-12-21")
    await _tell(registry, [_closed(loan, household, on_time=False)])
    assert (await _listings(registry))[0]["cleared_on"] == "2018-03-20"
    assert await _reasons(registry, household, "2018-03-20") == []


@pytest.mark.clause("FJ-12(c)", "LG-22")
async def test_malice_leads_to_the_blacklist_and_costs_the_village_its_quota(registry: ServiceUnderTest) -> None:
    first, second, ill = await registered(registry, row(1), row(2), row(3))
    loans = [new_id(), new_id(), new_id()]
    await _tell(registry, [_defaulted(loans[0], first, malicious=True)])
    await _tell(registry, [_defaulted(loans[1], second, malicious=True)])
    await _tell(registry, [_defaulted(loans[2], ill, malicious=False)])
    listed = await _listings(registry)
    assert {(each["household_id"], each["list_name"], each["cause"]) for each in listed} == {
        (first, "blacklist", "malicious"),
        (second, "blacklist", "malicious"),
    }
    recorded = await events(registry, VillageQuotaCut)
    assert [(event.village_code, event.cut_share, event.loan_id, version) for event, version in recorded] == [
        (VILLAGE, "0.20", loans[0], 1),
        (VILLAGE, "0.20", loans[1], 2),
    ]
    [quota] = (await get(registry, f"/village-quotas?region_code={COUNTY}", Role.SERVICE_CENTRE)).json()["items"]
    assert (quota["village_code"], quota["share_left"], len(quota["cuts"])) == (VILLAGE, "0.64", 2)


async def test_the_same_events_again_change_nothing(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1, **POOR))
    await rated(registry)
    loan, event_ids = new_id(), [new_id() for _ in range(4)]
    events = (
        _disbursed(loan, household),
        _overdue(loan, household),
        _defaulted(loan, household, malicious=True),
        _closed(loan, household, on_time=True),
    )
    for _ in range(2):
        for version, event in enumerate(events, start=1):
            await registry.deliver(event, aggregate_version=version, aggregate_id=loan, event_id=event_ids[version - 1])
    for table, count in {"household_loan": 1, "listing": 2, "village_quota_cut": 1, "rating": 2}.items():
        assert await registry.database.pool.fetchval(f"SELECT count(*) FROM {table}") == count, table
    assert await registry.database.pool.fetchval("SELECT version FROM household") == 4


async def test_the_order_of_arrival_does_not_matter(registry: ServiceUnderTest) -> None:
    rows = [row(place, **POOR) for place in range(6)]
    households = await registered(registry, *rows)
    await rated(registry)
    for household, order in zip(households, permutations(range(3)), strict=True):
        loan = new_id()
        events = (_disbursed(loan, household), _overdue(loan, household), _closed(loan, household, on_time=True))
        for place in order:
            await registry.deliver(events[place], aggregate_version=place + 1, aggregate_id=loan)
    kept = await registry.database.pool.fetch(
        "SELECT DISTINCT principal, disbursed_on, overdue_from, closed_on, repaid_on_time FROM household_loan"
    )
    assert len(kept) == 1
    cleared = await registry.database.pool.fetch("SELECT DISTINCT listed_on, cleared_on FROM listing")
    assert [tuple(each) for each in cleared] == [(date(2017, 12, 21), date(2018, 3, 20))]
    grades = await registry.database.pool.fetch("SELECT grade FROM rating WHERE cause = 'repaid_on_time'")
    assert [each["grade"] for each in grades] == ["B"] * 6


async def test_two_loans_of_one_household_are_listed_with_two_versions(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loans = [new_id(), new_id()]
    for loan in loans:
        await _tell(registry, [_overdue(loan, household)])
    assert [version for _, version in await events(registry, HouseholdListed)] == [1, 2]


async def test_lists_are_read_in_ones_own_region(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await _tell(registry, [_overdue(new_id(), household)])
    elsewhere = await get(registry, f"/listings?region_code={COUNTY}", Role.TOWNSHIP, region="500236117")
    assert elsewhere.json()["items"] == []
    before = await get(registry, f"/listings?region_code={COUNTY}&as_of=2017-12-20", Role.BANK)
    assert before.json()["items"] == []


async def test_records_with_legal_weight_only_grow(registry: ServiceUnderTest) -> None:
    await registered(registry, row(1))
    await rated(registry)
    for table in ("rating", "rating_review", "household_state_change", "household_import"):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(f"DELETE FROM {table}")
