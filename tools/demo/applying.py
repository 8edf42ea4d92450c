"""Steps 4 to 6: applications from the village to the bank, cover, disbursement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shared.workdays import add_workdays
from tools.demo.county import County, Loan, at_once, csv_text
from tools.demo.officers import Township
from tools.demo.population import Household
from tools.demo.setting_up import contribute

FILING_DAYS = (date(2017, 3, 15), date(2017, 4, 5), date(2017, 4, 24), date(2017, 5, 15))
AFTER_TOP_UP = date(2017, 6, 12)
OBJECTIONS_SETTLED_AFTER_DAYS = 2
PAID_OUT_AFTER_WORKING_DAYS = 4


@dataclass
class LoanRequest:
    """What one household applies for."""

    household: Household
    amount: Decimal
    term_months: int


@dataclass
class Batch:
    """One township's applications at one bank."""

    township: Township
    bank_code: str
    filed_on: date
    loan_requests: list[LoanRequest]
    batch_id: str = ""
    handed_over_on: date = date.min


@dataclass
class Outcome:
    """What became of applications."""

    filed: int = 0
    refused: int = 0
    objections: int = 0
    not_covered: str = ""


def first_round(county: County) -> tuple[list[Batch], list[Batch]]:
    """Return the batches of the four filing days, and those that ask when the first fund's cover is used up."""
    early: list[Batch] = []
    late: list[Batch] = []
    for index, township in enumerate(county.offices.townships):
        filed_on = FILING_DAYS[index * len(FILING_DAYS) // len(county.offices.townships)]
        mine = [h for h in county.population.registered if h.village_code.startswith(township.code) and h.loan_request]
        for bank_code in sorted({household.bank_code for household in mine}):
            loan_requests = [h for h in mine if h.bank_code == bank_code]
            for group, on, batches in (
                ([h for h in loan_requests if h.loan_request and not h.loan_request.after_top_up], filed_on, early),
                ([h for h in loan_requests if h.loan_request and h.loan_request.after_top_up], AFTER_TOP_UP, late),
            ):
                if group:
                    batches.append(Batch(township, bank_code, on, [_first_loan_request(h) for h in group]))
    return sorted(early, key=lambda batch: batch.filed_on), late


def _first_loan_request(household: Household) -> LoanRequest:
    assert household.loan_request is not None
    return LoanRequest(household, household.loan_request.amount, household.loan_request.term_months)


def with_refiled(county: County, batches: list[Batch]) -> list[Batch]:
    """Add a batch for each household whose application was refused for an upheld objection and is now put right."""
    refiled = [
        Batch(township, household.bank_code, AFTER_TOP_UP, [_first_loan_request(household)])
        for household in county.to_file_again
        for township in county.offices.townships
        if household.village_code.startswith(township.code)
    ]
    return [*batches, *refiled]


async def file(county: County, batch: Batch) -> dict[str, Any]:
    """File a township's batch with its papers."""
    documents = [document.code for document in county.pack.approval_chain().documents]
    items = [
        {
            "household_number": loan_request.household.household_number,
            "amount": str(loan_request.amount),
            "term_months": loan_request.term_months,
            "industry": _industry(loan_request.household),
            "purpose": county.plan.outline.purposes[_industry(loan_request.household)],
            "documents": documents,
        }
        for loan_request in batch.loan_requests
    ]
    body = {
        "township_code": batch.township.code,
        "bank_code": batch.bank_code,
        "filed_on": batch.filed_on.isoformat(),
        "items": items,
    }
    answer: dict[str, Any] = await county.offices.township(batch.township.code).post("/application-batches", body)
    batch.batch_id = answer["id"]
    county.refused_numbers.update(refusal["household_number"] for refusal in answer["refusals"])
    return answer


def _industry(household: Household) -> str:
    assert household.loan_request is not None
    return household.loan_request.industry


async def decide(county: County, batch: Batch, object_to: int = 0) -> Outcome:
    """Take a filed batch from the village's check to the joint review's last signature."""
    offices, code, path = county.offices, batch.township.code, f"/application-batches/{batch.batch_id}"
    outcome = Outcome()
    village, reviewer, centre = offices.village_team(code), offices.reviewer(code), offices["service.centre"]
    checks = {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True}
    day = add_workdays(batch.filed_on, 2)
    for stage, decider, level in (
        ("village", village, "village"),
        ("township", reviewer, "township"),
        ("county_centre", centre, "county"),
    ):
        body: dict[str, Any] = {"stage": stage, "decision": "approve", "decided_on": day.isoformat()}
        if stage == "village":
            body["checks"] = checks
        await decider.post(f"{path}/decisions", body)
        notice = await decider.post(f"{path}/public-notices", {"level": level, "started_on": day.isoformat()})
        ends_on = date.fromisoformat(notice["ends_on"])
        if stage == "village" and object_to:
            outcome.objections = await _object(county, batch, day, object_to)
        closing = await decider.post(f"/public-notices/{notice['id']}/closures", {"closed_on": ends_on.isoformat()})
        if closing["remaining"]:
            ends_on = max(date.fromisoformat(each["public_notice_ends_on"]) for each in closing["remaining"])
            await decider.post(f"/public-notices/{notice['id']}/closures", {"closed_on": ends_on.isoformat()})
        day = ends_on
    for signer in ("finance.bureau", "poverty.office", "service.chief"):
        await offices[signer].post(f"{path}/signatures", {"signed_on": day.isoformat()})
    batch.handed_over_on = add_workdays(day, 1)
    return outcome


async def _object(county: County, batch: Batch, started_on: date, count: int) -> int:
    """Raise objections against some applications and settle them: the first is upheld and filed again later."""
    offices, code = county.offices, batch.township.code
    rows = await offices.township(code).every("/applications", region_code=code, state="village_public_notice")
    filed = [row for row in rows if row["batch_id"] == batch.batch_id]
    mine = sorted(filed, key=lambda row: str(row["household_number"]))[:count]  # the same in every run
    raised_on = add_workdays(started_on, 1)
    for number, row in enumerate(mine):
        objection = await offices.village_team(code).post(
            f"/applications/{row['id']}/objections",
            {"raised_on": raised_on.isoformat(), "grounds": "群众反映申请用途与实际不符", "raised_by": "村民"},
        )
        upheld = number == 0
        await offices.reviewer(code).post(
            f"/objections/{objection['id']}/settlements",
            {
                "settled_on": (raised_on + timedelta(days=OBJECTIONS_SETTLED_AFTER_DAYS)).isoformat(),
                "outcome": "upheld" if upheld else "dismissed",
                "reason": "申请用途填写有误，更正后可重新申请" if upheld else "经入户核实，情况属实",
            },
        )
        if upheld:
            county.to_file_again.append(county.households()[row["household_number"]])
    return len(mine)


async def hand_over(county: County, batch: Batch, outcome: Outcome) -> None:
    """Hand approved applications to the bank; what the fund cannot cover waits for the county's money (FJ-13)."""
    path = f"/application-batches/{batch.batch_id}/hand-overs"
    centre = county.offices["service.centre"]
    answer = await centre.post(path, {"handed_over_on": batch.handed_over_on.isoformat()})
    if answer["not_covered"] is None:
        return
    if not outcome.not_covered:
        outcome.not_covered = answer["not_covered"]["detail"]
        await contribute(county, str(county.plan.fund_top_up), batch.handed_over_on, "fund-2017-2")
    await centre.post(path, {"handed_over_on": batch.handed_over_on.isoformat()})


async def disburse(county: County) -> int:
    """Let every bank pay out what was handed over to it, by one file per bank; return how many loans."""
    made = 0
    for bank_code in county.banks:
        bank = county.offices.bank(bank_code)
        rows = await bank.every("/handed-over-applications")
        if not rows:
            continue
        lines = []
        for row in sorted(rows, key=lambda row: str(row["household_number"])):  # the same contracts in every run
            paid_on = add_workdays(date.fromisoformat(row["handed_over_on"]), PAID_OUT_AFTER_WORKING_DAYS)
            reference = county.reference(bank_code)
            lines.append((row["id"], f"JK-{reference}", reference, paid_on.isoformat(), row["amount"]))
        header = ("application_id", "contract_number", "bank_reference", "disbursed_on", "amount")
        total = sum(Decimal(line[4]) for line in lines)
        answer = await bank.upload(
            "/disbursement-files",
            csv_text(header, lines),
            "text/csv",
            line_count=len(lines),
            total_amount=f"{total:.2f}",
        )
        if answer["loan_count"] != len(lines):
            raise RuntimeError(f"the bank's disbursement file was not taken whole: {answer}")
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
            decided = await decide(county, batch, objections)
            outcome.objections += decided.objections
        advance(len(batch.loan_requests))

    await at_once([lambda b=b: one(b) for b in batches])  # type: ignore[misc]
    for batch in batches:
        if batch.handed_over_on != date.min:
            await hand_over(county, batch, outcome)
    return outcome
