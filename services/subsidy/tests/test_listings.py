"""Who evades a debt maliciously gets no interest subsidy until it is cleared (LG-22)."""

from datetime import date
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.subsidy.tests.county import (
    Loan,
    approved_batch,
    ask,
    confirm,
    confirmed,
    instructions,
    lend,
    look,
    open_programme,
    pack,
    paid_rows,
    prepare,
)
from shared.access import Role
from shared.events.base import Event
from shared.events.registry import HouseholdListed, HouseholdUnlisted
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

# Interest of 2017-03-01 to 2017-12-20, 294 days at 1.00 a day.
PERIOD = (date(2017, 3, 1), date(2017, 12, 20))
INTEREST = "294.00"


def listing_of(loan: Loan, on: date, name: str = "blacklist", listing: UUID | None = None) -> HouseholdListed:
    return HouseholdListed.model_validate(
        {"listing_id": listing or new_id(), "household_id": loan.household_id, "village_code": loan.village,
         "list_name": name, "source": "officer", "cause": "malicious_evasion", "loan_id": None, "listed_on": on}
    )  # fmt: skip


def removal_of(entry: HouseholdListed, on: date, cause: str = "removal_accepted") -> HouseholdUnlisted:
    return HouseholdUnlisted.model_validate(
        {**entry.model_dump(include={"listing_id", "household_id", "village_code", "list_name"}), "cause": cause,
         "cleared_on": on}
    )  # fmt: skip


async def arrive(subsidy: ServiceUnderTest, loan: Loan, *events: Event) -> None:
    for version, event in enumerate(events, start=2):
        await subsidy.deliver(
            event, aggregate_id=loan.household_id, aggregate_version=version, region_code=loan.village
        )


async def _lines(subsidy: ServiceUnderTest, batch: dict[str, Any]) -> dict[str, tuple[str, str, list[str]]]:
    shown = await look(subsidy, f"/subsidy-batches/{batch['id']}/lines?limit=100")
    return {each["household_id"]: (each["amount"], each["listed"], each["reasons"]) for each in shown["items"]}


@pytest.mark.clause("LG-22(c)")
async def test_days_on_the_blacklist_are_not_subsidised(subsidy: ServiceUnderTest) -> None:
    """The day of the entry is barred, the day of its removal is not; the dishonesty list bars no subsidy."""
    loans = [Loan() for _ in range(5)]
    for loan in loans:
        await lend(subsidy, loan, loan.paid(INTEREST, period=PERIOD))
    cleared, twice, wrong, late = loans[:4]
    june, july, august = date(2017, 6, 1), date(2017, 7, 1), date(2017, 8, 1)
    entry, first, second = listing_of(cleared, june), listing_of(twice, june), listing_of(twice, july)
    mistaken = listing_of(wrong, june)
    await arrive(subsidy, cleared, entry, removal_of(entry, july))
    await arrive(subsidy, twice, first, second, removal_of(first, august), removal_of(second, august))
    await arrive(subsidy, wrong, mistaken, removal_of(mistaken, july, "appeal_accepted"))
    await arrive(subsidy, late, listing_of(late, june, "dishonesty"))
    batch = await prepare(subsidy, await open_programme(subsidy))
    found = await _lines(subsidy, batch)
    assert [found[str(loan.household_id)] for loan in loans] == [
        ("264.00", "30.00", ["listed"]),
        ("233.00", "61.00", ["listed"]),
        (INTEREST, "0.00", ["full"]),
        (INTEREST, "0.00", ["full"]),
        (INTEREST, "0.00", ["full"]),
    ]
    assert batch["excluded"] == {"listed": {"count": 2, "interest": "91.00"}}


@pytest.mark.clause("LG-22(c)")
async def test_a_household_on_the_blacklist_waits_for_its_subsidy(subsidy: ServiceUnderTest) -> None:
    listed, other = Loan(), Loan()
    for loan in (listed, other):
        await lend(subsidy, loan, loan.paid(INTEREST, period=PERIOD))
    entry = listing_of(listed, date(2017, 12, 25))
    await arrive(subsidy, listed, entry)
    programme = await open_programme(subsidy)
    first = await prepare(subsidy, programme)
    assert (first["line_count"], first["held_back_count"], first["amount"]) == (1, 1, INTEREST)
    refused = await prepare(subsidy, programme, expect=409)
    assert refused["code"] == "interest-held-back"
    await arrive(subsidy, listed, entry, removal_of(entry, date(2018, 2, 1)))
    body = {"county_code": "500236", "programme_id": programme, "prepared_on": "2018-02-01",
            "period_from": "2017-01-01", "period_until": "2018-01-01"}  # fmt: skip
    later = await ask(subsidy, "/subsidy-batches", Role.SERVICE_CENTRE, body)
    assert (later["line_count"], later["held_back_count"], later["amount"]) == (1, 0, INTEREST)


async def test_the_order_in_which_the_lists_news_arrives_does_not_matter(subsidy: ServiceUnderTest) -> None:
    for order in permutations(range(2)):
        loan = Loan()
        entry = listing_of(loan, date(2017, 6, 1))
        news: list[Event] = [entry, removal_of(entry, date(2017, 7, 1))]
        await arrive(subsidy, loan, *(news[place] for place in order), *news)
        kept = await subsidy.database.pool.fetchrow(
            "SELECT listed_on, cleared_on, overturned FROM household_listing WHERE household_id = $1", loan.household_id
        )
        assert tuple(kept or ()) == (date(2017, 6, 1), date(2017, 7, 1), False)


async def test_a_removal_whose_entry_is_not_known_yet_bars_nothing(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid(INTEREST, period=PERIOD))
    await arrive(subsidy, loan, removal_of(listing_of(loan, date(2017, 6, 1)), date(2017, 7, 1)))
    assert (await prepare(subsidy, await open_programme(subsidy)))["amount"] == INTEREST


async def test_an_entry_that_becomes_known_late_shows_what_was_paid_too_much(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid(INTEREST, period=PERIOD))
    await approved_batch(subsidy, await open_programme(subsidy))
    await arrive(subsidy, loan, listing_of(loan, date(2017, 12, 1)))
    [line] = (await look(subsidy, "/overpaid-lines?county_code=500236"))["items"]
    assert (line["amount"], line["due_today"], line["overpaid"], line["reasons"]) == (
        INTEREST,
        "275.00",
        "19.00",
        ["listed"],
    )


async def test_where_the_blacklist_bars_no_support_the_subsidy_goes_on(subsidy: ServiceUnderTest) -> None:
    county = pack(("blacklist_bars_support: {value: true", "blacklist_bars_support: {value: false"))
    await subsidy.deliver(confirmed(county, version=2))
    loan = Loan(pack_version=2)
    await lend(subsidy, loan, loan.paid(INTEREST, period=PERIOD))
    await arrive(subsidy, loan, listing_of(loan, date(2017, 6, 1)))
    assert (await prepare(subsidy, await open_programme(subsidy)))["amount"] == INTEREST


async def _two_approved(subsidy: ServiceUnderTest, pack_version: int = 1) -> tuple[Loan, str]:
    """Approve a batch of two households on 2017-12-27; return the loan of the one that will be listed."""
    listed, other = Loan(pack_version=pack_version), Loan(pack_version=pack_version)
    for loan in (listed, other):
        await lend(subsidy, loan, loan.paid(INTEREST, period=PERIOD))
    return listed, await approved_batch(subsidy, await open_programme(subsidy))


async def _pay(subsidy: ServiceUnderTest, batch: str, on: str, expect: int = 201) -> dict[str, Any]:
    path = f"/subsidy-batches/{batch}/payment-runs"
    return await ask(subsidy, path, Role.FINANCE_BUREAU, {"paid_on": on}, expect=expect)


@pytest.mark.clause("LG-22(c)")
@pytest.mark.parametrize("cause", ["removal_accepted", "appeal_accepted"])
async def test_who_is_listed_after_the_batch_was_prepared_is_paid_once_the_entry_holds_no_more(
    subsidy: ServiceUnderTest, cause: str
) -> None:
    listed, batch = await _two_approved(subsidy)
    entry = listing_of(listed, date(2017, 12, 28))
    await arrive(subsidy, listed, entry)
    first = await _pay(subsidy, batch, "2017-12-28")
    assert (first["instruction_count"], first["amount"]) == (1, INTEREST)
    assert (first["held_count"], first["households_held"]) == (1, [str(listed.household_id)])
    assert (first["without_account_count"], first["households_without_account"]) == (0, [])
    done = await confirm(subsidy, first["id"], paid_rows(await instructions(subsidy, first["id"])))
    assert done["batch_state"] == "paying"
    refused = await _pay(subsidy, batch, "2018-01-31", expect=409)
    assert (refused["code"], refused["values"]["held"]) == ("nothing-to-pay", 1)
    await arrive(subsidy, listed, entry, removal_of(entry, date(2018, 2, 1), cause))
    later = await _pay(subsidy, batch, "2018-02-01")
    assert (later["instruction_count"], later["amount"], later["held_count"]) == (1, INTEREST, 0)
    done = await confirm(subsidy, later["id"], paid_rows(await instructions(subsidy, later["id"]), on="2018-02-01"))
    assert done["batch_state"] == "settled"


async def test_an_instruction_that_the_bank_rejected_is_not_repeated_while_the_household_is_listed(
    subsidy: ServiceUnderTest,
) -> None:
    listed, batch = await _two_approved(subsidy)
    run = await _pay(subsidy, batch, "2017-12-28")
    sent = await instructions(subsidy, run["id"])
    rows = [[row[0], "rejected", row[4], "2017-12-29", "账户已销户"] for row in sent]
    await confirm(subsidy, run["id"], rows)
    await arrive(subsidy, listed, listing_of(listed, date(2017, 12, 29)))
    again = await _pay(subsidy, batch, "2017-12-30")
    assert (again["instruction_count"], again["households_held"]) == (1, [str(listed.household_id)])


async def test_where_the_blacklist_bars_no_support_the_household_is_paid(subsidy: ServiceUnderTest) -> None:
    county = pack(("blacklist_bars_support: {value: true", "blacklist_bars_support: {value: false"))
    await subsidy.deliver(confirmed(county, version=2))
    listed, batch = await _two_approved(subsidy, pack_version=2)
    await arrive(
        subsidy, listed, listing_of(listed, date(2017, 12, 28)), listing_of(listed, date(2017, 12, 28), "dishonesty")
    )
    run = await _pay(subsidy, batch, "2017-12-28")
    assert (run["instruction_count"], run["held_count"]) == (2, 0)
