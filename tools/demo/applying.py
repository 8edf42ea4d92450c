"""Applications from the village to the bank: filed, reviewed, handed over as far as the fund covers, paid out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any

from services.lending.checks.rules import checks_before_hand_over
from services.registry.standing.eligibility.rules.project import securities_of
from shared.dates import ensure_not_in_future, today_in_china
from shared.offices import Step
from shared.policy.pack import PolicyPack
from shared.workdays import add_workdays
from tools.demo.batch import Batch, LoanRequest
from tools.demo.county import County, Loan, at_once, csv_text, not_covered, not_taken_whole
from tools.demo.population import Household
from tools.demo.products import product_of
from tools.demo.reviewing import review
from tools.demo.setting_up import contribute

PAID_OUT_AFTER_WORKING_DAYS = 4
PAID_OUT = ("bank_reference", "disbursed_on", "bank_reason", "annual_rate", "amount")
BANK_REASON = "生产周期较长，经调查还款来源可靠"  # for a term beyond the usual one (MS-1)


@dataclass
class Outcome:
    """What became of applications."""

    filed: int = 0
    refused: int = 0
    objections: int = 0
    not_covered: str = ""


def first_round(county: County) -> tuple[list[Batch], list[Batch]]:
    """Return the batches of the four filing days, and those that ask when the first fund's cover is used up."""
    found: dict[bool, list[Batch]] = {False: [], True: []}
    days, townships, products = county.days.filed_on, county.offices.townships, products_asked_for(county)
    for index, township in enumerate(townships):
        filed_on = {False: days[index * len(days) // len(townships)], True: county.days.filed_late_on}
        mine = [h for h in county.population.registered if h.village_code.startswith(township.code) and h.loan_request]
        for bank_code in sorted({household.bank_code for household in mine}):
            of_bank = [household for household in mine if household.bank_code == bank_code]
            for late in (False, True):
                group = [h for h in of_bank if h.loan_request and h.loan_request.after_top_up is late]
                for code in dict.fromkeys(products[h.household_number] for h in group):
                    requests = [_first_loan_request(h) for h in group if products[h.household_number] == code]
                    found[late].append(Batch(township, bank_code, filed_on[late], requests, code))
    return sorted(found[False], key=lambda batch: batch.filed_on), found[True]


def products_asked_for(county: County) -> dict[str, str | None]:
    """Return the product that each household with a loan request asks for."""
    asking = [household for household in county.population.registered if household.loan_request]
    asking.sort(key=lambda household: household.bar is not None)  # those that stand in no rule's way come first
    return {
        household.household_number: product_of(
            county.pack,
            household,
            number,
            county.plan.outline.purposes[_industry(household)],
            all_covered=county.plan.fund_top_up > 0,
        )
        for number, household in enumerate(asking)
    }


def _first_loan_request(household: Household) -> LoanRequest:
    assert household.loan_request is not None
    return LoanRequest(household, household.loan_request.amount, household.loan_request.term_months)


def with_refiled(county: County, batches: list[Batch]) -> list[Batch]:
    """Add a batch for each household whose application was refused for an upheld objection and is now put right."""
    on, products = county.days.filed_late_on, products_asked_for(county)
    refiled = [
        Batch(township, household.bank_code, on, [_first_loan_request(household)], products[household.household_number])
        for household in county.to_file_again
        for township in county.offices.townships
        if household.village_code.startswith(township.code)
    ]
    return [*batches, *refiled]


async def file(county: County, batch: Batch) -> dict[str, Any]:
    """File a township's batch with its papers."""
    product = county.pack.for_product(batch.product_code)
    security = securities_of(product.loan_terms())[0]
    items = [
        {
            "household_number": loan_request.household.household_number,
            "amount": str(loan_request.amount),
            "term_months": loan_request.term_months,
            "industry": _industry(loan_request.household),
            "purpose": county.plan.outline.purposes[_industry(loan_request.household)],
            "documents": _papers(product, loan_request.household),
            "statement": {
                "security": security,
                "project_stage": "started",
                "project_investment": str(loan_request.amount),
                "repayable_amount": str(loan_request.amount),
                "accepts_supervision": True,
                "consent": {"given_on": batch.filed_on.isoformat()},
            },
        }
        for loan_request in batch.loan_requests
    ]
    body = {
        "township_code": batch.township.code,
        "bank_code": batch.bank_code,
        "filed_on": batch.filed_on.isoformat(),
        "items": items,
        **({"product_code": batch.product_code} if batch.product_code else {}),
    }
    answer: dict[str, Any] = await county.offices.township(batch.township.code).post("/application-batches", body)
    batch.batch_id = answer["id"]
    if not batch.again:
        county.refused_numbers.update(refusal["household_number"] for refusal in answer["refusals"])
    return answer


def _papers(product: PolicyPack, household: Household) -> list[dict[str, str]]:
    """Return the papers that the product asks for, each with the digest of a scan of this household's."""
    return [
        {"code": paper.code, "sha256": sha256(f"{paper.code} {household.household_number}".encode()).hexdigest()}
        for paper in product.approval_chain().documents
    ]


def _industry(household: Household) -> str:
    assert household.loan_request is not None
    return household.loan_request.industry


async def hand_over(county: County, batch: Batch, outcome: Outcome) -> None:
    """Hand approved applications to the bank; what the fund cannot cover waits for the county's money (FJ-13)."""
    path = f"/application-batches/{batch.batch_id}/hand-overs"
    centre, on = county.taking(Step.HAND_OVER, batch.township.code), batch.handed_over_on
    await _check(county, batch)
    while left := (await centre.post(path, {"handed_over_on": on.isoformat()}))["not_covered"]:
        if left["missing_amount"] is None:
            raise not_covered(left["detail"])
        money = Decimal(left["missing_amount"])
        if not outcome.not_covered:
            outcome.not_covered, money = left["detail"], max(money, county.plan.fund_top_up)
        county.contributions += 1
        await contribute(county, str(money), on, f"fund-{on.year}-{county.contributions + 1}", batch.bank_code)


async def _check(county: County, batch: Batch) -> None:
    """Look at every application as the county's pack asks before the loan (JN-5)."""
    asked = checks_before_hand_over(county.pack.for_product(batch.product_code).follow_up)
    township = county.offices.township(batch.township.code)
    for row in await township.every("/applications", batch_id=batch.batch_id, state="approved") if asked else []:
        for code in asked:
            body = {
                "check_code": code,
                "checked_on": batch.handed_over_on.isoformat(),
                "checked_by": "乡镇信贷专管员",
                "outcome": "fit",
                "words": "入户核实，项目真实，还款来源可靠",
            }
            await township.post(f"/applications/{row['id']}/checks", body)


async def disburse(county: County) -> int:
    """Let every bank pay out what was handed over to it, by one file per bank; return how many loans."""
    made, usual = 0, county.pack.loan_terms().term_months_normal
    within = min(PAID_OUT_AFTER_WORKING_DAYS, county.pack.approval_chain().disbursement_working_days)
    for bank_code in county.banks:
        bank = county.offices.bank(bank_code)
        rows = await bank.every("/handed-over-applications")
        if not rows:
            continue
        lines = []
        for row in sorted(rows, key=lambda row: str(row["household_number"])):  # the same contracts in every run
            paid_on = add_workdays(date.fromisoformat(row["handed_over_on"]), within)
            reference = county.reference(bank_code)
            reason = BANK_REASON if row["term_months"] > (usual or row["term_months"]) else ""
            rate = county.plan.outline.bank_rates.get(bank_code, "")
            days = (reference, paid_on.isoformat(), reason)
            lines.append((row["id"], f"JK-{reference}", *days, rate, row["amount"]))
        header = ("application_id", "contract_number", *PAID_OUT)
        ensure_not_in_future("disbursed_on", max(date.fromisoformat(line[3]) for line in lines), today_in_china())
        total = sum(Decimal(line[-1]) for line in lines)
        answer = await bank.upload(
            "/disbursement-files",
            csv_text(header, lines),
            "text/csv",
            line_count=len(lines),
            total_amount=f"{total:.2f}",
        )
        if answer["loan_count"] != len(lines):
            raise not_taken_whole("放款文件", "disbursement file", answer)
        made += len(lines)
    return made


async def learn_loans(county: County) -> None:
    """Read back all loans, as the banks have them in their own books."""
    rows = [
        row for bank in county.banks for row in await county.offices.bank(bank).every("/loans", region_code=county.code)
    ]
    county.loans = [
        Loan(
            loan_id=row["id"],
            contract_number=row["contract_number"],
            bank_code=row["bank_code"],
            household_number=row["household_number"],
            household_id=row["household_id"],
            village_code=row["village_code"],
            principal=Decimal(row["principal"]),
            term_months=row["term_months"],
            loan_round=row["loan_round"],
            product_code=row.get("product_code"),
            disbursed_on=date.fromisoformat(row["disbursed_on"]),
            matures_on=date.fromisoformat(row["matures_on"]),
        )
        for row in rows
    ]


async def run_batches(
    county: County, batches: Sequence[Batch], advance: Callable[[int], None], object_to: int = 0
) -> Outcome:
    """File, decide and sign the batches, several townships side by side, then hand over in order and disburse."""
    outcome = Outcome()
    largest = max(batches, key=lambda batch: len(batch.loan_requests), default=None)

    async def one(batch: Batch) -> None:
        filed = await file(county, batch)
        outcome.filed += filed["filed_count"]
        outcome.refused += filed["refused_count"]
        if filed["filed_count"]:
            objections = min(object_to, filed["filed_count"] // 2) if batch is largest else 0
            outcome.objections += await review(county, batch, objections)
        advance(len(batch.loan_requests))

    await at_once([lambda b=b: one(b) for b in batches])  # type: ignore[misc]
    for batch in batches:
        if batch.handed_over_on != date.min:
            await hand_over(county, batch, outcome)
    return outcome
