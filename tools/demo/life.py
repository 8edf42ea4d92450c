"""Step 7: two years of life: interest each 20 December, prepayments, late payers, maturities, borrowing again."""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

from shared.money import yuan
from shared.policy.vocabulary import DayCount
from tools.demo.applying import Batch, LoanRequest
from tools.demo.county import County, Loan, csv_text

STORY_SEED = 20181220
PREPAID_ON = date(2017, 10, 16)
INTEREST_DATES = (date(2017, 12, 20), date(2018, 12, 20))
LATE_PAID_ON = date(2018, 1, 10)
MATURITY_MONTHS = tuple(date(2018, month, 1) for month in range(4, 8))
DEFAULTERS_MATURE_BY = date(2018, 5, 15)
BORROW_AGAIN_ON = date(2018, 8, 6)
BORROW_AGAIN_BANK_COUNT = 1
SHARES = {"prepaid": Decimal("0.012"), "late": Decimal("0.010"), "unpaid": Decimal("0.002")}
DEFAULTS_AT_FULL_SIZE = 24
SMALLEST_DEFAULTS = 4  # one death with insurance, one malicious, two failed businesses
HEADER = ("bank_reference", "contract_number", "kind", "paid_on", "amount")


@dataclass(frozen=True)
class Story:
    """Who does what, drawn from a seed."""

    prepay: tuple[Loan, ...]
    late: frozenset[str]
    default: tuple[Loan, ...]
    never_pay_2018: frozenset[str]


def draw_story(county: County) -> Story:
    """Choose who prepays, who pays late, and who defaults."""
    rng = Random(STORY_SEED)
    short = sorted((loan for loan in county.loans if loan.term_months == 12), key=lambda loan: loan.contract_number)
    long = sorted((loan for loan in county.loans if loan.term_months > 12), key=lambda loan: loan.contract_number)
    candidates = [loan for loan in short if loan.matures_on <= DEFAULTERS_MATURE_BY]
    wanted = max(SMALLEST_DEFAULTS, round(DEFAULTS_AT_FULL_SIZE * county.plan.scale))
    default = tuple(rng.sample(candidates, min(wanted, len(candidates))))
    prepay = tuple(rng.sample(long, max(1, round(len(county.loans) * SHARES["prepaid"]))))
    prepaid = {loan.contract_number for loan in prepay}
    payers = [loan for loan in long if loan.contract_number not in prepaid]
    late = rng.sample(payers, max(1, round(len(county.loans) * SHARES["late"])))
    unpaid = rng.sample(payers, max(1, round(len(county.loans) * SHARES["unpaid"])))
    return Story(prepay, _contracts(late), default, _contracts(unpaid))


def _contracts(loans: Iterable[Loan]) -> frozenset[str]:
    return frozenset(loan.contract_number for loan in loans)


async def prepay(county: County, story: Story) -> int:
    """Settle some loans early, each with principal and the interest of the days since it was paid out."""
    by_bank: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    for loan in story.prepay:
        row = await county.offices.bank(loan.bank_code).get(f"/loans/{loan.loan_id}")
        if row["day_count"] != DayCount.ACT_360:
            raise RuntimeError(f"the bank's own sum knows only {DayCount.ACT_360}")
        days = (PREPAID_ON - loan.disbursed_on).days
        interest = yuan(loan.principal * Decimal(row["annual_rate"]) / 100 * days / 360)
        by_bank[loan.bank_code].append(
            _line(county, loan.bank_code, loan.contract_number, "prepayment", PREPAID_ON, loan.principal + interest)
        )
    return sum([await _send(county, bank_code, lines) for bank_code, lines in sorted(by_bank.items())])


async def pay_dues(
    county: County,
    due_from: date,
    due_through: date,
    *,
    skip: frozenset[str] = frozenset(),
    only: frozenset[str] | None = None,
    paid_on: Callable[[str, date], date],
) -> int:
    """Let each bank send one file with what its borrowers paid of the dues in a span; return the lines recorded."""
    recorded = 0
    for bank_code in county.banks:
        bank = county.offices.bank(bank_code)
        text = await bank.download("/dues.csv", due_from=due_from.isoformat(), due_through=due_through.isoformat())
        lines = []
        for due in csv.DictReader(text.decode().splitlines()):
            contract = due["contract_number"]
            if contract in skip or (only is not None and contract not in only):
                continue
            due_on = date.fromisoformat(due["due_on"])
            day = paid_on(contract, due_on)
            # The list counts penalty to its last day; who pays in time owes none.
            owed = Decimal(due["total"]) if day > due_on else Decimal(due["interest"]) + Decimal(due["principal"])
            lines.append(_line(county, bank_code, contract, "repayment", day, owed))
        recorded += await _send(county, bank_code, lines)
    return recorded


def before_interest_date(interest_date: date) -> Callable[[str, date], date]:
    """Return on which day each household pays: in the two weeks before the interest date (FJ-11)."""
    return lambda contract, due_on: interest_date - timedelta(days=sum(contract.encode()) % 15)


def on_due_date(contract: str, due_on: date) -> date:
    """Return the due date itself."""
    return due_on


def _line(
    county: County, bank_code: str, contract: str, kind: str, paid_on: date, amount: Decimal
) -> tuple[object, ...]:
    return county.reference(bank_code), contract, kind, paid_on.isoformat(), f"{amount:.2f}"


async def _send(county: County, bank_code: str, lines: Sequence[tuple[object, ...]]) -> int:
    if not lines:
        return 0
    total = sum(Decimal(str(line[4])) for line in lines)
    answer = await county.offices.bank(bank_code).upload(
        "/repayment-files", csv_text(HEADER, lines), "text/csv", line_count=len(lines), total_amount=f"{total:.2f}"
    )
    if answer["recorded_count"] != len(lines):
        raise RuntimeError(f"the bank's repayment file was not taken whole: {answer}")
    return int(answer["recorded_count"])


async def mark_overdue(county: County, as_of: date) -> None:
    """Run the job that notices what fell due and was not paid."""
    await county.offices["service.centre"].post(
        "/jobs/mark-overdue/runs", {"as_of": as_of.isoformat(), "county_code": county.code}
    )


def month_end(first_day: date) -> date:
    """Return the last day of the month."""
    return (first_day + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def borrowing_again(county: County, story: Story) -> list[Batch]:
    """Return the applications of households that repaid on time and now stand one grade higher (FJ-10)."""
    lines, path = county.plan.grade_limits, county.plan.outline.promotion_path
    better: dict[str | None, Decimal] = {lower: lines[higher] for lower, higher in pairwise(path)}
    households = county.households()
    defaulted = _contracts(story.default)
    bank_codes = sorted({loan.bank_code for loan in county.loans}, key=lambda code: -_count(county, code))
    batches = []
    for township in county.offices.townships:
        for bank_code in bank_codes[:BORROW_AGAIN_BANK_COUNT]:
            loan_requests = [
                LoanRequest(
                    households[loan.household_number], better[households[loan.household_number].target_grade], 12
                )
                for loan in county.loans
                if loan.term_months == 12
                and loan.bank_code == bank_code
                and loan.village_code.startswith(township.code)
                and loan.contract_number not in defaulted
                and households[loan.household_number].target_grade in better
            ]
            if loan_requests:
                batches.append(Batch(township, bank_code, BORROW_AGAIN_ON, loan_requests))
    return batches


def _count(county: County, bank_code: str) -> int:
    return sum(loan.bank_code == bank_code for loan in county.loans)
