"""What interest that is late bears: nothing, one rate or the other; with figures worked out by hand."""

import csv
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.accounts.rules.account import Account
from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.accounts.rules.replay import accrued_to, replay
from services.lending.tests.accounts.drawn import days_of, histories
from services.lending.tests.accounts.test_replay_cases import RECEIVED, contract, paid
from services.lending.tests.county import county_with_pack
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from shared.policy.vocabulary import DueKind, UnpaidInterest
from shared.testing.service import ServiceUnderTest

NOTHING, BOTH, PENALTY = (
    UnpaidInterest.NOTHING,
    UnpaidInterest.CONTRACT_RATE_THEN_PENALTY_RATE,
    UnpaidInterest.PENALTY_RATE,
)
LATE = date(2019, 4, 9)  # thirty days after the last due day, 110 after the first


def on(day: date, bears: UnpaidInterest, *postings: Posting) -> Account:
    """Return the account of the loan of the cases, as its contract says what unpaid interest bears."""
    signed = replace(contract(), unpaid_interest_bears=bears)
    return accrued_to(replay(signed, postings, RestDays(), day), day)


@pytest.mark.parametrize(
    ("bears", "penalties", "surcharge"),
    [
        # 50 000.00 for 30 days at 7.125 %; of it 197.92 at the contract's rate.
        (NOTHING, ["0.00", "296.88"], "98.96"),
        # 1 880.21 for 80 days at 4.75 % is 19.85, for 30 at 7.125 % 11.16, of which 3.72 is surcharge; the last
        # instalment falls due with the term: 50 527.78 for 30 days at 7.125 %, 100.00 of it surcharge.
        (BOTH, ["31.01", "300.01"], "103.72"),
        # 1 880.21 for 110 days at 7.125 %, 13.64 of it surcharge.
        (PENALTY, ["40.93", "300.01"], "113.64"),
    ],
)
def test_interest_that_is_late_bears_what_the_contract_says(
    bears: UnpaidInterest, penalties: list[str], surcharge: str
) -> None:
    account = on(LATE, bears)
    assert [f"{due.penalty}" for due in account.dues] == penalties
    assert f"{account.surcharge_unpaid(LATE)}" == surcharge
    assert (account.was_late, f"{account.overdue_from(LATE)}") == (True, "2018-12-21")


async def test_a_contract_keeps_what_its_pack_lets_unpaid_interest_bear(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    county = await county_with_pack(await start_service("lending"), repayment__unpaid_interest_bears=BOTH.value)
    loan = await county.lend("50000.00")
    assert loan["unpaid_interest_bears"] == BOTH
    interest = Decimal((await county.installments(loan["id"]))[0]["interest_due"])
    thirty_days = (interest * Decimal(loan["annual_rate"]) / 100 / 12).quantize(Decimal("0.01"), ROUND_HALF_UP)
    account = await county.account(loan["id"], "2018-01-19")
    assert (account["penalty"], account["surcharge"]) == (f"{thirty_days}", "0.00")
    (due,) = csv.DictReader((await county.get("/api/v1/dues.csv?due_through=2018-01-19")).text.splitlines())
    assert (due["penalty"], due["surcharge"]) == (account["penalty"], "0.00")
    booked = (await county.repay(loan["id"], due["to_pay"], "2018-01-19", "R1")).json()
    assert (booked["penalty"], booked["surcharge"], booked["interest"]) == (due["penalty"], "0.00", f"{interest}")
    await ensure_ledgers_agree(county)


def test_until_the_last_due_day_there_is_no_surcharge_on_late_interest() -> None:
    day = date(2019, 3, 10)
    account = on(day, BOTH)
    assert (f"{account.penalty_accrued}", f"{account.surcharge_unpaid(day)}") == ("19.85", "0.00")
    assert f"{on(day + timedelta(days=1), BOTH).dues[0].penalty}" == "20.22"  # 19.85 + 0.37 of a day at 7.125 %


def test_a_payment_pays_interest_at_the_contracts_rate_before_what_has_a_surcharge_in_it() -> None:
    first, second = paid(RECEIVED, LATE, "20.00", "R1"), paid(RECEIVED, LATE + timedelta(days=1), "11.38", "R2")
    account = on(LATE + timedelta(days=1), BOTH, first, second)
    # 20.00: 19.85 without surcharge and 0.15 with 0.05 of it; a day later 0.37 more, 11.38 of which 3.79 is surcharge.
    assert [f"{account.surcharges[each.id]}" for each in (first, second)] == ["0.05", "3.79"]
    assert account.dues[0].unpaid(DueKind.PENALTY) == 0


@given(history=histories(), drawn=st.data())
def test_penalty_never_bears_anything(history: tuple[Contract, list[Posting], RestDays], drawn: st.DataObject) -> None:
    """What was charged up to one day more is the same at the end, to the rounding of each stretch of days."""
    signed, _, rest = history
    days = drawn.draw(st.lists(days_of(signed), max_size=4, unique=True))
    looks = [Posting(UUID(int=n), PostingKind.DEFAULT, day, f"D{n}") for n, day in enumerate(days)]
    last = signed.matures_on + timedelta(days=365)
    once, often = (accrued_to(replay(signed, postings, rest, last), last) for postings in ([], looks))
    for one, other in zip(once.dues, often.dues, strict=True):
        charged = [each for each in often.accruals if each.number == one.number]
        assert abs(one.penalty - other.penalty) <= Decimal("0.01") * (len(charged) + 2)
        assert all(each.overdue <= one.principal + one.interest for each in charged)


@given(history=histories(), drawn=st.data())
def test_the_more_unpaid_interest_bears_the_more_is_owed(
    history: tuple[Contract, list[Posting], RestDays], drawn: st.DataObject
) -> None:
    signed, _, rest = history
    day = drawn.draw(days_of(signed))
    nothing, both, penalty = (
        accrued_to(replay(replace(signed, unpaid_interest_bears=bears), [], rest, day), day).penalty_accrued
        for bears in (NOTHING, BOTH, PENALTY)
    )
    fen = Decimal("0.01") * len(signed.schedule)  # two stretches are rounded where one is
    assert nothing - fen <= both <= penalty + fen
