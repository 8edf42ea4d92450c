"""Whatever ends a process between any two statements of an operation: nothing of it is done, and the next try is whole.

The connection is cut before the first statement, the second, … and before the commit; each time the books are as they
were. Real processes are killed in `tests/faults`.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, Final

import asyncpg
import pytest

from services.lending.tests.accounts.test_corrections import confirm, propose
from services.lending.tests.county import COUNTY, County
from services.lending.tests.loans.conftest import county
from services.lending.tests.operations.cutting import books, cutting
from services.lending.tests.operations.states import Subject, subjects
from services.lending.tests.operations.test_every_state import ANSWERS, TAKEN
from services.lending.tests.operations.tries import OPERATIONS
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, ensure_ledgers_agree
from shared.access import Role
from shared.events.subsidy import ReferenceRatePublished
from shared.ids import new_id

__all__ = ["county"]
STATEMENTS_MAX: Final = 100
TODAY: Final = "2018-12-31"  # interest falls due before it: held money is used, loans become late
Act = Callable[[], Awaitable[Any]]


async def cut_everywhere(county: County, act: Act) -> tuple[int, Any]:
    """Cut an operation before each of its statements; return how many it has, and its answer when nothing is cut."""
    database = county.service.database
    before = await books(database)
    for number in range(1, STATEMENTS_MAX):
        with cutting(database, number) as cut:
            answer = await act()
        if not cut.fell:
            return number - 1, answer
        assert answer.status_code == 503, (number, answer.text)
        after = await books(database)
        assert after == before, (number, {name for name in after if after[name] != before[name]})
    raise AssertionError("an operation of a hundred statements")


async def test_a_reversal_that_is_cut_off_anywhere_leaves_nothing_and_is_done_once(county: County) -> None:
    loan = await county.lend()
    wrong = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    reversal = (await propose(county, wrong["id"])).json()
    statements, answer = await cut_everywhere(county, lambda: confirm(county, reversal["id"]))
    assert (answer.status_code, statements >= 10) == (201, True), answer.text
    assert [name for name, *_ in await county.service.outbox()].count("loan-restated") == 1
    await ensure_ledgers_agree(county)


async def test_a_correction_that_is_cut_off_anywhere_moves_money_between_two_loans_once(county: County) -> None:
    loan, other = [await county.lend() for _ in range(2)]
    wrong = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    right = {"loan_id": other["id"], "bank_reference": "GZ-1", "paid_on": "2018-01-10", "amount": "300.00"}
    proposed = (await propose(county, wrong["id"], replacement=right)).json()
    statements, answer = await cut_everywhere(county, lambda: confirm(county, proposed["id"]))
    assert (answer.status_code, statements >= 10) == (201, True), answer.text
    assert [name for name, *_ in await county.service.outbox()].count("loan-restated") == 2
    await ensure_ledgers_agree(county)


@pytest.mark.long
async def test_every_operation_that_is_cut_off_anywhere_leaves_nothing(county: County) -> None:
    bare, busy = await subjects(county)
    for name, operation in OPERATIONS.items():
        state = next(state for state, answered in ANSWERS[name].items() if answered == TAKEN)
        subject = (busy if operation.on_busy else bare)[state]
        _, answer = await cut_everywhere(county, lambda: operation.sent(subject))  # noqa: B023 - called at once
        assert answer.status_code in {201, 409}, (name, answer.text)  # 409: an operation before decided it
    await ensure_every_event_is_recorded_once(county)


@pytest.mark.long
async def test_files_and_days_that_are_cut_off_anywhere_leave_nothing(county: County) -> None:
    bare, _ = await subjects(county)
    loans = [bare[state] for state in ("active", "overdue", "matured_overdue")]
    rows = [row for place, subject in enumerate(loans) for row in _lines(subject, place)]
    statements, answer = await cut_everywhere(county, lambda: county.send_file("repayment-files", HEADER, rows))
    assert (answer.json()["recorded_count"], statements >= 20) == (len(rows), True), answer.text
    body = {"as_of": TODAY, "county_code": COUNTY}
    for job in ("mark-overdue", "classify-loans"):
        path = f"/api/v1/jobs/{job}/runs"
        _, answer = await cut_everywhere(county, lambda: county.post(path, body, role=Role.SERVICE_CENTRE))  # noqa: B023
        assert answer.status_code == 201, answer.text
    await ensure_every_event_is_recorded_once(county)


async def ensure_every_event_is_recorded_once(county: County) -> None:
    """Every version of a loan is one event of the outbox."""
    versions = await county.service.database.pool.fetch(
        "SELECT l.version, (SELECT array_agg(o.aggregate_version ORDER BY o.position) FROM outbox o "
        "WHERE o.aggregate_id = l.id) AS recorded FROM loan l"
    )
    assert all(row["recorded"] == [*range(1, row["version"] + 1)] for row in versions)


def _lines(subject: Subject, place: int) -> list[str]:
    """Return lines in order, back-dated and of too much, of one loan."""
    number = subject.loan["contract_number"]
    paid = [("2018-06-02", "10.00"), ("2018-03-30", "20.00"), ("2018-06-03", "60000.00")]
    return [f"F{place}-{line},{number},repayment,{day},{amount}" for line, (day, amount) in enumerate(paid)]


@pytest.mark.long
async def test_a_corrected_rate_that_is_cut_off_anywhere_is_followed_once(county: County) -> None:
    loan = await county.lend()
    await county.repay(loan["id"], "1906.60", "2017-12-20", "R1")
    for number in range(1, STATEMENTS_MAX):
        rate = Decimal(4740 - number).scaleb(-3)
        published = ReferenceRatePublished(
            rate_id=new_id(),
            basis="PBOC_BENCHMARK",
            effective_from=date(2015, 10, 24),
            up_to_1y=rate,
            over_1y_to_5y=rate,
            over_5y=rate,
            revision=number + 1,
        )
        before = await books(county.service.database)
        with cutting(county.service.database, number) as cut, suppress(asyncpg.InterfaceError):
            await delivered(county, published)
        if not cut.fell:
            break
        assert await books(county.service.database) == before
        for _ in range(2):  # it comes again until it is acknowledged
            await delivered(county, published)
        assert Decimal((await county.loan(loan["id"]))["annual_rate"]) == rate
        assert [name for name, *_ in await county.service.outbox()].count("loan-restated") == number
    assert number >= 8
    await ensure_ledgers_agree(county)


async def delivered(county: County, event: ReferenceRatePublished) -> None:
    """Let an event arrive as the message it always was."""
    await county.service.deliver(
        event, aggregate_id=event.rate_id, event_id=event.rate_id, aggregate_version=1, region_code="00"
    )
