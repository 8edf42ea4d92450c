"""The reconciliation's own formulas against figures worked out elsewhere or by hand."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tools.reconcile.loan_life import LoanLife
from tools.reconcile.loan_parts import Charge, Contract, Posting
from tools.reconcile.packs import Correction, Pack, Packs
from tools.reconcile.schedule import Row, counted_days, interest, months_later, plan, rate, rounded, settlement_days
from tools.reconcile.subsidy_days import Crowded, Published
from tools.reconcile.subsidy_listings import Entry, spells
from tools.reconcile.subsidy_rule import Loan, Part, reimbursed

ORACLE = Path(__file__).parents[2] / "services" / "lending" / "tests" / "engine" / "data" / "oracle_cases.json"
CASES = {case["id"]: case for case in json.loads(ORACLE.read_text("utf-8"))["cases"]}
# Figures of other engines that share our conventions: real days, one rounding a period, the last row takes the rest.
FITTING = ("FIN-C3154",)


def quarterly(count: int, start: date) -> tuple[date, ...]:
    return tuple(months_later(start, 3 * number) for number in range(1, count + 1))


def test_the_published_example_to_the_fen() -> None:
    """50 000 at 4.35 % for three years, paid quarterly: the first interest is 555.83, all of it 6 621.64."""
    start = date(2023, 3, 21)
    rows = plan(5_000_000, rate("4.35"), "ACT/360", "interest_only", start, quarterly(12, start), "half_up")
    assert (rows[0].due_on, rows[0].days, rows[0].interest) == (date(2023, 6, 21), 92, 55_583)
    assert sum(row.interest for row in rows) == 662_164
    assert [row.principal for row in rows] == [0] * 11 + [5_000_000]


@pytest.mark.parametrize("case_id", FITTING)
def test_plans_of_other_engines(case_id: str) -> None:
    """A level plan agrees with the figures another engine publishes."""
    case: dict[str, Any] = CASES[case_id]
    given, expected = case["inputs"], case["expected"]["schedule"]
    due = tuple(date.fromisoformat(row["due"]) for row in expected)
    rows = plan(
        int(Decimal(given["principal"]) * 100),
        rate(given["annual_rate_pct"]),
        "30/360",
        "equal_installment",
        date.fromisoformat(given["disbursed"]),
        due,
        "half_even",
    )
    fen = [(int(Decimal(row["principal"]) * 100), int(Decimal(row["interest"]) * 100)) for row in expected]
    assert [(row.principal, row.interest) for row in rows] == fen


def test_every_plan_repays_what_was_lent() -> None:
    """Whatever the method, principal adds up and only the last row of a bullet loan charges interest."""
    start = date(2017, 1, 31)
    for method in ("interest_only", "bullet", "equal_principal", "equal_installment"):
        rows = plan(1_000_001, rate("4.75"), "ACT/365", method, start, quarterly(7, start), "half_up")
        assert sum(row.principal for row in rows) == 1_000_001
    level = plan(1_000_001, rate("4.75"), "ACT/365", "equal_installment", start, quarterly(7, start), "half_up")
    assert len({row.total for row in level[:-1]}) == 1
    assert abs(level[-1].total - level[0].total) <= len(level)


@pytest.mark.parametrize(
    ("basis", "start", "end", "days", "fen"),
    [
        ("ACT/360", date(2019, 12, 20), date(2020, 12, 20), 366, 442_250),
        ("ACT/365", date(2019, 12, 20), date(2020, 12, 20), 366, 436_192),
        ("ACT/ACT", date(2019, 12, 20), date(2020, 12, 20), 366, 435_039),
        ("30/360", date(2020, 2, 29), date(2020, 8, 31), 180, 217_500),
    ],
)
def test_day_counts_by_hand(basis: str, start: date, end: date, days: int, fen: int) -> None:
    """100 000 yuan at 4.35 %, worked out with a pocket calculator."""
    assert counted_days(basis, start, end) == days
    assert interest(10_000_000, rate("4.35"), basis, start, end, "half_up") == fen


def test_half_a_fen() -> None:
    """Up, or to the even neighbour."""
    assert [rounded(Fraction(5, 2), how) for how in ("half_up", "half_even")] == [3, 2]
    assert [rounded(Fraction(7, 2), how) for how in ("half_up", "half_even")] == [4, 4]
    assert rounded(Fraction(249, 100), "half_up") == 2


def test_settlement_days_end_with_maturity() -> None:
    """Every 20 December in between, and the last day."""
    days = settlement_days(date(2017, 3, 1), date(2019, 3, 1), 12, 12, 20)
    assert days == (date(2017, 12, 20), date(2018, 12, 20), date(2019, 3, 1))


def contract(**changes: Any) -> Contract:
    values: dict[str, Any] = {
        "principal": 5_000_000,
        "rate_percent": rate("4.35"),
        "basis": "ACT/360",
        "method": "interest_only",
        "rounding": "half_up",
        "disbursed_on": date(2017, 3, 20),
        "due_on": (date(2017, 12, 20), date(2018, 3, 20)),
        "window_days": 30,
        "grace_days": 0,
        "multiplier": Fraction(3, 2),
        "order": ("penalty", "interest", "principal"),
    }
    return Contract(**{**values, **changes})


def lived(*postings: tuple[str, date, int], until: date | None = None, **changes: Any) -> LoanLife:
    """Return the loan after postings, each with a kind, a day and fen; the reference is its place."""
    these = [Posting(f"{place}", kind, day, f"{place}", fen) for place, (kind, day, fen) in enumerate(postings)]
    return LoanLife(contract(**changes)).live(these, until or max(posting.on for posting in these))


def paid(life: LoanLife) -> list[dict[int, tuple[int, int, int]]]:
    return [receipt.parts for receipt in life.receipts]


def test_a_late_payment_costs_penalty_first() -> None:
    """275 days of interest are 1 661.46; ten days late at 1.5 × 4.35 % make 3.01, taken first."""
    late = date(2017, 12, 30)
    life = lived(("repayment", late, 166_447))
    assert life.charges == [Charge(1, date(2017, 12, 20), late, 166_146, 301)]
    assert paid(life) == [{1: (301, 166_146, 0)}]
    assert life.dues[0].figures()[7:11] == (0, 166_146, 301, 301)
    assert (life.was_late, life.overdue_since(late), life.state) == (True, None, "active")


def test_a_full_prepayment_replaces_what_was_to_come() -> None:
    """100 days: 604.17 of interest and all principal on one new instalment."""
    day = date(2017, 6, 28)
    life = lived(("prepayment", day, 5_060_417))
    assert paid(life) == [{3: (0, 60_417, 5_000_000)}]
    assert [due.cancelled_on for due in life.dues] == [day, day, None]
    assert (life.interest_charged, life.closed_on, life.held) == (60_417, day, 0)


def test_a_partial_prepayment_keeps_the_due_dates() -> None:
    """20 000 of principal less; the rest is planned anew from that day."""
    life = lived(("prepayment", date(2017, 6, 28), 2_060_417))
    assert paid(life) == [{3: (0, 60_417, 2_000_000)}]
    rest = [(due.due_on, due.principal, due.interest) for due in life.dues[3:]]
    assert rest == [(date(2017, 12, 20), 0, 63_438), (date(2018, 3, 20), 3_000_000, 32_625)]


def test_within_the_window_interest_is_paid_and_the_rest_waits_for_its_day() -> None:
    """1 661.46 of interest twenty days before its day; the 500.00 beside it pay interest when the last one is due."""
    early, last = date(2017, 11, 30), date(2018, 3, 20)
    before = lived(("repayment", early, 216_146), until=date(2018, 3, 19))
    assert (paid(before), before.held) == ([{1: (0, 166_146, 0)}], 50_000)
    after = lived(("repayment", early, 216_146), until=last)
    assert (paid(after), after.held) == ([{1: (0, 166_146, 0), 2: (0, 50_000, 0)}], 0)


def test_a_loan_settled_in_its_last_window_owes_the_days_that_were_used() -> None:
    """Ten days before the end: 80 of 90 days, 483.33; the 60.42 that were paid too much are held, and given back."""
    settled = ("repayment", date(2018, 3, 10), 5_054_375)
    interest_paid = ("repayment", date(2017, 12, 20), 166_146)
    life = lived(interest_paid, settled)
    assert paid(life)[1] == {3: (0, 48_333, 5_000_000)}
    assert (life.closed_on, life.held) == (date(2018, 3, 10), 6_042)
    back = lived(interest_paid, settled, ("refund", date(2018, 3, 12), 7_000))
    assert (back.held, back.owed_back) == (0, 958)


def test_a_default_is_over_when_what_fell_due_is_paid() -> None:
    """Penalty goes on after the default; money that leaves a fen of arrears leaves the default too."""
    confirmed, day = date(2018, 6, 20), date(2018, 6, 30)
    owed = lived(("default", confirmed, 0), until=day)
    owed.fallen_due(day)
    everything = sum(due.owed for due in owed.dues)
    assert [charge.period_until for charge in owed.charges] == [confirmed, confirmed, day, day]
    for missing, state in ((0, "closed"), (1, "defaulted")):
        life = lived(("default", confirmed, 0), ("repayment", day, everything - missing))
        assert (life.state, life.defaulted_on) == (state, confirmed if missing else None)


def test_what_came_on_one_day_is_one_sum_in_the_order_of_its_references() -> None:
    """Whichever was booked first, the money of one day and kind pays as one."""
    day = date(2017, 12, 20)
    sums = [Posting(str(fen), "repayment", day, reference, fen) for reference, fen in (("B", 100_000), ("A", 66_146))]
    one, two = (LoanLife(contract()).live(order, day) for order in (sums, sums[::-1]))
    assert paid(one) == paid(two) == [{1: (0, 66_146, 0)}, {1: (0, 100_000, 0)}]
    assert [receipt.id for receipt in one.receipts] == ["66146", "100000"]


PACK = Pack(
    "p",
    "500236",
    1,
    date(2017, 1, 1),
    "",
    {
        "subsidy": {
            "share": {"value": "1.00"},
            "principal_max": {"value": "50000.00"},
            "stop_states": {"value": ["stably_lifted"]},
            "keeps_after_lifting": {"value": True},
            "lifted_may_start": {"value": True},
            "covers_prepaid_interest": {"value": True},
        }
    },
)
YEAR = Part(220_000, date(2017, 1, 1), date(2018, 1, 1), is_prepaid=False, repeated=0)
LOAN = Loan(5_000_000, rate("4.35"), 12, date(2017, 1, 1))


def changed(**values: Any) -> Pack:
    content = {"subsidy": {**PACK.content["subsidy"], **{key: {"value": value} for key, value in values.items()}}}
    return Pack("p", "500236", 1, date(2017, 1, 1), "", content)


def test_interest_that_was_paid_is_given_back() -> None:
    """All of it, when nothing stops it."""
    assert reimbursed(YEAR, LOAN, ((date(2016, 1, 1), 1, "registered"),), PACK, None) == 220_000


def test_nothing_for_days_after_the_household_was_stably_lifted() -> None:
    """Lifted on day 100 of 365: 100 days count."""
    marks = ((date(2016, 1, 1), 1, "registered"), (date(2017, 4, 11), 2, "stably_lifted"))
    assert reimbursed(YEAR, LOAN, marks, PACK, None) == round(220_000 * 100 / 365)


def test_the_last_mark_of_a_day_holds() -> None:
    """A mark that was corrected on the same day stops nothing."""
    day = date(2017, 4, 11)
    assert reimbursed(YEAR, LOAN, ((day, 1, "stably_lifted"), (day, 2, "registered")), PACK, None) == 220_000


def test_nothing_for_days_on_the_blacklist_where_it_bars_support() -> None:
    """Two entries that overlap take 40 of 365 days, each day once; a county that lets the support go on takes none."""
    bars = Pack("p", "500236", 1, date(2017, 1, 1), "",
                {**PACK.content, "lists": {"blacklist_bars_support": {"value": True}}})  # fmt: skip
    listed = ((date(2017, 3, 1), date(2017, 3, 31)), (date(2017, 3, 11), date(2017, 4, 10)))
    assert reimbursed(YEAR, LOAN, (), bars, None, listed) == round(220_000 * 325 / 365)
    assert reimbursed(YEAR, LOAN, (), PACK, None, listed) == 220_000
    assert reimbursed(YEAR, LOAN, (), bars, None, ((date(2017, 12, 31), date.max),)) == round(220_000 * 364 / 365)


def test_an_entry_counts_as_it_was_known_at_the_instant() -> None:
    """Listed, then cleared, then found wrong: each is known from its own instant; a clearing alone lists nobody."""
    hours = [datetime(2017, 6, 1, hour, tzinfo=UTC) for hour in range(4)]
    published = [
        Entry("1", date(2017, 3, 1), None, False, hours[1]),
        Entry("1", None, date(2017, 3, 31), False, hours[2]),
        Entry("1", None, date(2017, 3, 31), True, hours[3]),
        Entry("2", None, date(2017, 5, 1), False, hours[0]),
    ]
    held = [(), ((date(2017, 3, 1), date.max),), ((date(2017, 3, 1), date(2017, 3, 31)),), ()]
    assert [spells(published, at) for at in hours] == held
    assert spells(published, None) == ()


def test_share_rate_cap_principal_and_years() -> None:
    """Each takes its part; a payment for days paid before gets nothing."""
    half = changed(later_shares=[{"from_on": "2017-07-02", "share": "0.50"}])
    assert reimbursed(YEAR, LOAN, (), half, None) == rounded(
        Fraction(220_000) * (182 + Fraction(183, 2)) / 365, "half_up"
    )
    assert reimbursed(YEAR, LOAN, (), PACK, rate("2.175")) == 110_000
    assert reimbursed(YEAR, LOAN, (), changed(principal_max="25000.00"), None) == 110_000
    late = Part(220_000, date(2020, 1, 1), date(2021, 1, 1), is_prepaid=False, repeated=0)
    assert reimbursed(late, LOAN, (), changed(years_max=3), None) == 0
    again = Part(220_000, date(2017, 1, 1), date(2018, 1, 1), is_prepaid=False, repeated=220_000)
    assert reimbursed(again, LOAN, (), PACK, None) == 0
    assert reimbursed(replace(again, repeated=100), LOAN, (), PACK, None) == 219_900
    assert Row(date(2017, 1, 1), date(2018, 1, 1), 365, 1, 2).total == 3


def test_of_overlapping_instalments_the_contracts_interest_counts_each_day_once() -> None:
    """67 and 80 days of 50 000 at 4.75 %: 442.01 and 527.78; what was published later does not count before."""
    first, until, day = date(2018, 12, 20), date(2019, 3, 10), datetime(2019, 3, 1, tzinfo=UTC)

    def published(number: int, amount: int, until: date, known_at: datetime | None = None) -> Published:
        return Published(("r", number), amount, first, until, (number,), known_at, None)

    loan = Crowded(
        5_000_000, rate("4.75"), "ACT/360", (published(1, 10_000, until), published(2, 44_201, date(2019, 2, 25)))
    )
    assert loan.counted(None) == {("r", 1): 10_000, ("r", 2): 42_778}
    late = replace(loan, published=(*loan.published[:1], published(2, 44_201, date(2019, 2, 25), day)))
    assert late.counted(day - timedelta(days=1)) == {("r", 1): 10_000}


def test_a_correction_gives_a_version_the_named_values_of_another_from_its_day_on() -> None:
    """The later number goes before the earlier, and every other value stays as it was signed."""

    def version(number: int, share: str, days: int) -> Pack:
        content = {"compensation": {"fund_share": {"value": share}, "days": {"value": days}}, "insurance": None}
        return Pack(f"pack-{number}", "500236", number, date(2017, 1, 1), "", content)

    signed, other = version(1, "0.80", 5), version(2, "0.70", 9)
    first = Correction("pack-1", 1, "pack-2", ("compensation.fund_share", "insurance"), date(2018, 1, 1))
    back = Correction("pack-1", 2, "pack-1", ("compensation.fund_share",), date(2019, 1, 1))
    packs = Packs({each.pack_id: each for each in (signed, other)}, (first, back))
    days = (date(2017, 12, 31), date(2018, 1, 1), date(2019, 1, 1))
    found = [packs.corrected(signed, on) for on in days]
    assert [each("compensation.fund_share") for each in found] == ["0.80", "0.70", "0.80"]
    assert {each("compensation.days") for each in found} == {5}
    assert packs.corrected(other, days[2]).content == other.content
