"""The life of the loans: interest on the county's settlement days, prepayments, late payers, maturities, new loans."""

import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from services.lending.loans.rules.prepayment import accrued_interest
from shared.access import Right
from shared.dates import ensure_not_in_future, today_in_china
from shared.policy.vocabulary import DayCount
from shared.workdays import workday_from
from tools.demo.batch import Batch, LoanRequest
from tools.demo.county import County, Loan, csv_text, not_taken_whole
from tools.demo.planning import agree_plans, check_kept
from tools.demo.story import Story

BORROW_AGAIN_BANK_COUNT = 1
EARLIEST_DAYS = 15  # before a settlement day on which people begin to pay
HEADER = ("bank_reference", "contract_number", "kind", "paid_on", "amount")
PaidOn = Callable[[str, date], date | None]  # the contract and its due day; None: it is not paid


async def prepay(county: County, story: Story) -> int:
    """Settle some loans early, each with principal and the interest of the days of the current period."""
    on, by_bank = county.life.prepaid_on, defaultdict[str, list[tuple[object, ...]]](list)
    for loan in story.prepay:
        owed, interest = await owed_on(county, loan, on)
        sent = line(county, loan.bank_code, loan.contract_number, "prepayment", on, owed + interest)
        by_bank[loan.bank_code].append(sent)
    return sum([await send(county, bank_code, lines) for bank_code, lines in sorted(by_bank.items())])


async def owed_on(county: County, loan: Loan, on: date) -> tuple[Decimal, Decimal]:
    """Return the principal that is not repaid and its interest from the last settlement day to a day, worked out."""
    bank = county.offices.bank(loan.bank_code)
    row = await bank.get(f"/loans/{loan.loan_id}")
    installments = (await bank.get(f"/loans/{loan.loan_id}/installments"))["items"]
    current = next(each for each in installments if each["cancelled_on"] is None and each["due_on"] > on.isoformat())
    owed, period_from = Decimal(row["principal_outstanding"]), date.fromisoformat(current["period_from"])
    rate, counts = Decimal(row["annual_rate"]), DayCount(row["day_count"])
    return owed, accrued_interest(owed, rate, counts, period_from, on, county.pack.loan_terms().rounding)


async def pay_span(county: County, story: Story, after: date, through: date) -> int:
    """Live through a span of days: prepayments, what falls due, late payers; return the repayments recorded."""
    days, count, first = county.life, 0, after + timedelta(days=1)
    for cut in days.cuts(after, through):
        if first <= days.prepaid_on <= cut:
            count += await pay_dues(county, first, days.prepaid_on, paying(county, story))
            count += await prepay(county, story)
            first = days.prepaid_on + timedelta(days=1)
        count += await pay_dues(county, first, cut, paying(county, story))
        if first <= days.late_paid_on <= cut:
            due = days.first_interest_on
            plans = await agree_plans(county, story)
            count += await pay_dues(county, due, days.late_paid_on, late_payers(county, story))
            await check_kept(county, plans)
        await mark_overdue(county, cut)
        await classify_loans(county, cut)
        first = cut + timedelta(days=1)
    return count


async def pay_dues(county: County, due_from: date, due_through: date, paid_on: PaidOn) -> int:
    """Let each bank send one file with what its borrowers paid of the dues in a span; return the lines recorded."""
    recorded = 0
    for bank_code in county.banks if due_from <= due_through else ():
        bank = county.offices.bank(bank_code)
        text = await bank.download("/dues.csv", due_from=due_from.isoformat(), due_through=due_through.isoformat())
        lines = []
        for due in csv.DictReader(text.decode().splitlines()):
            contract, due_on = due["contract_number"], date.fromisoformat(due["due_on"])
            day = paid_on(contract, due_on)
            if day is None:
                continue
            # The list counts penalty to its last day; who pays in time, after rest if need be, owes none.
            in_time = day <= workday_from(due_on)
            owed = Decimal(due["interest"]) + Decimal(due["principal"]) if in_time else Decimal(due["total"])
            lines.append(line(county, bank_code, contract, "repayment", day, owed))
        recorded += await send(county, bank_code, lines)
    return recorded


def paying(county: County, story: Story) -> PaidOn:
    """Return when each borrower pays what falls due: in the two weeks before a settlement day, else on the day itself.

    What falls due on a day of rest is paid on the next working day. Late payers miss the first settlement day of all, a
    few the last one, and who defaults does not pay its principal. Who settled its loan pays no more, whatever loan the
    bank posted it on; on that one nothing is paid meanwhile.
    """
    days, window = county.life, county.pack.loan_terms().early_payment_window_days
    loans = {loan.contract_number: loan for loan in county.loans}
    defaulted, mistake = story.in_default, story.mistake
    payer, other = (mistake.payer.contract_number, mistake.other.contract_number) if mistake else ("", "")

    def paid_on(contract: str, due_on: date) -> date | None:
        loan = loans.get(contract)
        missed = (
            (contract in story.late and due_on == days.first_interest_on)
            or (contract in story.unpaid and due_on >= days.last_interest_on)
            or (contract in defaulted and loan is not None and due_on >= loan.matures_on)
            or (contract == payer and due_on > days.posted_wrong_on)
            or (contract == other and days.posted_wrong_on < due_on <= days.found_wrong_on)
        )
        if missed:
            return None
        if not days.is_settlement(due_on):
            return workday_from(due_on)
        early = min(sum(contract.encode()) % EARLIEST_DAYS, window)
        since = loan.disbursed_on if loan else due_on - timedelta(days=EARLIEST_DAYS)
        return max(due_on - timedelta(days=early), min(since + timedelta(days=1), due_on))

    return paid_on


def late_payers(county: County, story: Story) -> PaidOn:
    """Return the one day on which those pay who were late."""
    due, day = county.life.first_interest_on, county.life.late_paid_on
    return lambda contract, due_on: day if contract in story.late and due_on == due else None


def line(
    county: County, bank_code: str, contract: str, kind: str, paid_on: date, amount: Decimal
) -> tuple[object, ...]:
    """Return one line of a bank's file of repayments, under the bank's next reference."""
    return county.reference(bank_code), contract, kind, paid_on.isoformat(), f"{amount:.2f}"


async def send(county: County, bank_code: str, lines: Sequence[tuple[object, ...]]) -> int:
    """Let a bank send a file of repayments, all of which must be taken; return how many."""
    if not lines:
        return 0
    ensure_not_in_future("paid_on", max(date.fromisoformat(str(line[3])) for line in lines), today_in_china())
    total = sum(Decimal(str(line[4])) for line in lines)
    answer = await county.offices.bank(bank_code).upload(
        "/repayment-files", csv_text(HEADER, lines), "text/csv", line_count=len(lines), total_amount=f"{total:.2f}"
    )
    if answer["recorded_count"] != len(lines):
        raise not_taken_whole("还款文件", "repayment file", answer)
    county.paid_days.update(date.fromisoformat(str(line[3])) for line in lines)
    return len(lines)


async def mark_overdue(county: County, as_of: date) -> None:
    """Run the job that notices what fell due and was not paid."""
    officer = county.offices.with_right(Right.JOBS_RUN)
    await officer.post("/jobs/mark-overdue/runs", {"as_of": as_of.isoformat(), "county_code": county.code})


async def classify_loans(county: County, as_of: date) -> None:
    """Run the job that classifies all loans as of the end of each month that is over (LG-43)."""
    officer = county.offices.with_right(Right.JOBS_RUN)
    await officer.post("/jobs/classify-loans/runs", {"as_of": as_of.isoformat(), "county_code": county.code})


async def list_late_borrowers(county: County, as_of: date) -> None:
    """Run the job that lists who has been late for as long as the pack says."""
    officer = county.offices.with_right(Right.JOBS_RUN)
    await officer.post("/jobs/list-late-borrowers/runs", {"as_of": as_of.isoformat(), "county_code": county.code})


def borrowing_again(county: County, story: Story) -> list[Batch]:
    """Return the applications of households that repaid on time and now stand one grade higher (FJ-10)."""
    limits, path = county.plan.outline.loan_limits, county.plan.outline.promotion_path
    better: dict[str | None, Decimal] = {lower: limits[higher] for lower, higher in pairwise(path) if higher in limits}
    households, missed = county.households(), story.in_default | story.late
    lent = [loan for loan in county.loans if loan.loan_round == 1 and loan not in set(county.short_loans)]
    shortest = min(loan.term_months for loan in lent)
    bank_codes = sorted({loan.bank_code for loan in county.loans}, key=lambda code: -_count(county, code))
    batches = []
    for township in county.offices.townships:
        for bank_code in bank_codes[:BORROW_AGAIN_BANK_COUNT]:
            loan_requests = [
                LoanRequest(household, better[household.target_grade], shortest)
                for loan in lent
                if loan.term_months == shortest
                and loan.bank_code == bank_code
                and loan.village_code.startswith(township.code)
                and loan.contract_number not in missed
                and (household := households[loan.household_number]).target_grade in better
            ]
            if loan_requests:
                batches.append(Batch(township, bank_code, county.life.borrowed_again_on, loan_requests, again=True))
    return batches


def turning_over(county: County) -> list[Batch]:
    """Return the applications of households that repaid a short loan and borrow again within the year (DZ-2)."""
    households, months = county.households(), min(county.plan.outline.term_weights)
    batches = []
    for township in county.offices.townships:
        for bank_code in county.banks:
            again = [
                LoanRequest(household, household.loan_request.again, months)
                for loan in county.short_loans
                if loan.bank_code == bank_code and loan.village_code.startswith(township.code)
                if (household := households[loan.household_number]).loan_request
            ]
            if again:
                batches.append(Batch(township, bank_code, county.turned_over_on, again, again=True))
    return batches


def _count(county: County, bank_code: str) -> int:
    return sum(loan.bank_code == bank_code for loan in county.loans)
