"""The set-based statement counts days past due and what is outstanding exactly as each loan's account does."""

import random
from datetime import date
from typing import Any

import pytest

from services.lending.accounts.loading import books_of
from services.lending.accounts.queries import account_as_of
from services.lending.accounts.rules.lateness import days_past_due
from services.lending.tests.classes.test_classes import classify
from services.lending.tests.county import county_with_pack
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, PACKS, lines_for, open_books
from shared.testing.service import StartService

SAMPLE = 400


@pytest.mark.parametrize("terms", PACKS.values(), ids=PACKS.keys())
async def test_each_months_days_and_amounts_are_those_of_the_accounts(
    start_service: StartService, terms: dict[str, Any]
) -> None:
    draw = random.Random(43)
    county = await county_with_pack(await start_service("lending"), **terms)
    books = await open_books(county, terms, draw)
    lines = [line for book in books for line in lines_for(book, draw, {})]
    assert (await county.send_file("repayment-files", HEADER, lines)).json()["recorded_count"] == len(lines)
    assert (await classify(county, "2020-06-30")).status_code == 201
    async with county.service.database.connection() as conn:
        found = {
            (row["loan_id"], row["classified_on"]): (row["days_past_due"], row["principal_outstanding"])
            for row in await conn.fetch("SELECT * FROM loan_class")
        }
        accounts = {each.id: each for each in await books_of(conn, {loan_id for loan_id, _ in found})}
    late = [key for key in sorted(found) if found[key][0] > 0]
    assert len(late) > 100
    for loan_id, day in draw.sample(sorted(found), SAMPLE) + draw.sample(late, min(len(late), SAMPLE)):
        account = account_as_of(accounts[loan_id], day)
        since = account.overdue_from(day)
        days = days_past_due(since, day) if since else 0
        assert found[loan_id, day] == (days, account.principal_outstanding), (loan_id, day)
        assert account.closed_on is None
    ends = {day for _, day in found}
    for book_id, books_ in accounts.items():
        closed_on = account_as_of(books_, date(2020, 6, 30)).closed_on
        assert all(
            ((book_id, day) in found) == (closed_on is None or closed_on > day)
            for day in ends
            if day >= books_.contract.disbursed_on
        )
