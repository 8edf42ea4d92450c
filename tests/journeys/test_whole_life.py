"""One county from its first officer to its last recovered yuan: every figure is what the rules say, to the fen."""

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

import openpyxl
import pytest

from shared.workdays import add_workdays, is_workday, workday_from
from tests.journeys import recomputed
from tests.journeys.tiny_county import Place
from tools.demo import applying, losses, marks, result, subsidies
from tools.demo.county import Loan
from tools.demo.county_figures import Bar
from tools.demo.story import Mistake, draw_story

pytestmark = pytest.mark.asyncio(loop_scope="session")

ZERO = Decimal("0.00")
REASONS = {
    Bar.EXCLUDED: "excluded-kind",
    Bar.OVER_AGE: "age-above-maximum",
    Bar.BAD_RECORD: "bad-credit-record",
}


async def loans_of(place: Place, **chosen: str) -> list[dict[str, Any]]:
    """Return the county's loans as lending tells them."""
    return await place.county.offices["auditor"].every("/loans", region_code=place.county.code, **chosen)


async def on_loan(place: Place, loan_id: str, what: str) -> list[dict[str, Any]]:
    """Return a loan's instalments, repayments or recoveries."""
    answer = await place.county.offices["auditor"].get(f"/loans/{loan_id}/{what}")
    items: list[dict[str, Any]] = answer["items"]
    return items


def step(place: Place, name: str) -> str:
    """Return what a step of the life said of itself."""
    (detail,) = [each["detail"] for each in place.county.clock.steps if name in each["name_en"]]
    return detail


async def test_right_rows_are_registered_and_wrong_rows_come_back_with_their_reasons(lived: Place) -> None:
    plan, registry = lived.county.plan, (await lived.reports())["registry"]
    assert registry["import_rows"] == plan.rows
    assert registry["import_rows_rejected"] == plan.rows_wrong
    assert registry["households_registered"] == registry["households_rated"] == plan.registered_households
    sheet = openpyxl.load_workbook(lived.county.folder / "households-rejected.xlsx").active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == plan.rows_wrong
    shown = " ".join(str(cell) for row in rows for cell in row)
    for reason in registry["rejections"]:
        assert reason["zh"] in shown


@pytest.mark.clause("DZ-4")
async def test_households_that_may_not_borrow_are_refused_each_for_its_reason(lived: Place) -> None:
    plan, lending = lived.county.plan, (await lived.reports())["lending"]
    refused = {row["code"]: row["application_count"] for row in lending["applications_refused_by_reason"]}
    for bar, code in REASONS.items():
        assert refused.pop(code) == plan.bars[bar]
    assert refused.pop("objection-upheld") == 1
    assert refused.keys() <= {"not-able-to-work", "civil-capacity-not-full"}
    assert sum(refused.values()) >= plan.bars[Bar.NO_CAPACITY]  # a household may have both reasons
    assert len(lived.county.refused_numbers) == sum(plan.bars.values())


async def test_the_first_round_lends_exactly_what_was_planned(lived: Place) -> None:
    plan, reports = lived.county.plan, await lived.reports()
    lending = reports["lending"]
    assert lending["households_lent"] == plan.lendable_households
    assert Decimal(lending["amount_lent"]) == plan.amount_lent
    assert {row["code"]: row["households"] for row in lending["by_industry"]} == plan.industry_households
    assert sum(Decimal(row["amount"]) for row in lending["by_township"]) == plan.amount_lent
    assert Decimal(reports["riskfund"]["fund_paid_in"]) == plan.fund_paid_in
    asked = {
        h.household_number: h.loan_request.amount
        for h in lived.county.population.registered
        if h.loan_request and not h.bar
    }
    first = [loan for loan in await loans_of(lived) if loan["loan_round"] == 1]
    assert {loan["household_number"]: Decimal(loan["principal"]) for loan in first} == asked


async def test_cover_is_refused_by_name_until_the_county_has_paid_in_what_is_missing(lived: Place) -> None:
    plan = lived.county.plan
    said = step(lived, "Cover is used up")
    late = applying.with_refiled(lived.county, applying.first_round(lived.county)[1])
    asked = [sum((loan_request.amount for loan_request in batch.loan_requests), ZERO) for batch in late]
    used = list(accumulate(asked, initial=plan.amount_lent - sum(asked)))
    beyond = next(total for total in used if total > plan.cover_limit_initial)
    assert "Cover exhausted" in said
    assert f"pay {beyond / plan.fund_multiplier - plan.fund_initial:.2f} yuan into the fund" in said
    days = (await lived.reports())["riskfund"]["cover_by_day"]
    bound = [Decimal(day["exposure"]) + Decimal(day["reserved"]) for day in days if day["as_of"] < "2018"]
    limits = [plan.fund_multiplier * Decimal(day["fund_balance"]) for day in days if day["as_of"] < "2018"]
    assert all(used <= limit for used, limit in zip(bound, limits, strict=True))
    assert max(bound) == max(limits) == plan.amount_lent


def cured_loan(place: Place) -> Loan:
    """Return the loan whose default was cured."""
    cured = draw_story(place.county).cured
    assert cured is not None
    return cured


def mistake_of(place: Place) -> Mistake:
    """Return whose settlement was posted on whose loan."""
    mistake = draw_story(place.county).mistake
    assert mistake is not None
    return mistake


async def penalty_of_the_cured(place: Place, due: dict[str, Any], rate: Decimal) -> Decimal:
    """Return the penalty of a due that was paid in two parts: on all of it, then on what the first part left."""
    days, due_on = place.county.life, date.fromisoformat(due["due_on"])
    owed = Decimal(due["principal_due"]) + Decimal(due["interest_due"])
    first = recomputed.penalty(owed, rate, due_on, days.part_paid_on)
    part = min(await on_loan(place, cured_loan(place).loan_id, "repayments"), key=late_in(days.part_paid_on))
    return first + recomputed.penalty(owed + first - Decimal(part["amount"]), rate, days.part_paid_on, days.cured_on)


def late_in(day: date) -> Any:
    """Return a key that puts the repayment of a day first."""
    return lambda row: row["paid_on"] != day.isoformat()


async def test_interest_is_charged_and_paid_by_the_days(lived: Place) -> None:
    paid = penalties = ZERO
    for loan in await loans_of(lived):
        principal, rate = Decimal(loan["principal"]), Decimal(loan["annual_rate"])
        late: dict[int, Decimal] = {}
        for row in await on_loan(lived, loan["id"], "installments"):
            start, due_on = date.fromisoformat(row["period_from"]), date.fromisoformat(row["due_on"])
            if row["cancelled_on"] is None:
                assert Decimal(row["interest_due"]) == recomputed.interest(principal, rate, start, due_on)
            paid += Decimal(row["interest_paid"])
            if Decimal(row["penalty_paid"]):
                late[row["number"]] = Decimal(row["penalty_paid"])
                if loan["id"] == cured_loan(lived).loan_id:
                    expected = await penalty_of_the_cured(lived, row, rate)
                else:
                    interest = Decimal(row["interest_due"])
                    expected = recomputed.penalty(interest, rate, due_on, lived.county.life.late_paid_on)
                assert late[row["number"]] == expected
        penalties += sum(late.values(), ZERO)
    reports = await lived.reports()
    assert Decimal(reports["lending"]["interest_paid"]) == Decimal(reports["subsidy"]["interest_paid"]) == paid > 0
    assert Decimal(reports["lending"]["penalty_paid"]) == Decimal(reports["subsidy"]["penalty_paid"]) == penalties > 0


async def test_what_falls_due_on_a_day_of_rest_bears_no_penalty_on_the_next_working_day(lived: Place) -> None:
    resting = [loan for loan in await loans_of(lived, state="active") if falls_due_on_rest(loan)]
    assert resting
    for loan in resting[:3]:
        due_on, bank = date.fromisoformat(loan["matures_on"]), lived.county.offices.bank(loan["bank_code"])
        in_time = workday_from(due_on)
        penalties = []
        for day in (in_time, in_time + timedelta(days=1)):
            asked = {"due_from": due_on.isoformat(), "due_through": due_on.isoformat(), "paid_on": day.isoformat()}
            dues = csv.DictReader((await bank.download("/dues.csv", **asked)).decode().splitlines())
            penalties += [Decimal(due["penalty"]) for due in dues if due["loan_id"] == loan["id"]]
        assert penalties[0] == 0 < penalties[1]


def falls_due_on_rest(loan: dict[str, Any]) -> bool:
    """Return whether a loan matures on a day of rest."""
    return not is_workday(date.fromisoformat(loan["matures_on"]))


async def test_the_treasury_gives_back_interest_paid_never_penalty_and_nothing_after_stable_lifting(
    lived: Place,
) -> None:
    county = lived.county
    lifted = {
        row["id"]
        for row in await county.offices["poverty.office"].every(
            "/households", region_code=county.code, state="stably_lifted"
        )
    }
    assert lifted
    marked = marks_in(lived)
    assert marked.late.household_id in lifted
    assert marked.mistaken.household_id not in lifted
    expected = {2017: ZERO, 2018: ZERO}
    withheld = late = ZERO
    for loan in await loans_of(lived):
        repayments = await on_loan(lived, loan["id"], "repayments")
        installments = await on_loan(lived, loan["id"], "installments")
        stopped_from = county.life.lifted_from if loan["household_id"] in lifted else None
        if loan["id"] == marked.late.loan_id:
            stopped_from = marks.late_from(county)
        for year in expected:
            given = recomputed.subsidy(repayments, installments, stopped_from, year)
            expected[year] += given
            lacking = recomputed.subsidy(repayments, installments, None, year) - given
            withheld += lacking
            late += lacking if (loan["id"], year) == (marked.late.loan_id, 2017) else ZERO
    batches = await county.offices["auditor"].every("/subsidy-batches", county_code=county.code)
    assert {batch["state"] for batch in batches} == {"settled"}
    paid: Counter[int] = Counter()
    for batch in batches:
        paid[int(batch["period_from"][:4])] += Decimal(batch["amount_paid"])  # type: ignore[assignment]
    wrongly = interest_to_the_mistake(lived, mistake_of(lived).other, await loans_of(lived))
    assert paid == {2017: expected[2017] + wrongly + late, 2018: expected[2018] - wrongly}
    report = (await lived.reports())["subsidy"]
    assert Decimal(report["subsidy_paid"]) - late == sum(expected.values())
    assert Decimal(report["interest_paid"]) == sum(expected.values()) + withheld
    assert withheld > late > 0
    supplement = await supplement_of(lived, marked.mistaken)
    assert Decimal(report["excluded"]["stopped"]["interest"]) == withheld - late + supplement
    (cash,) = [row for row in await clawbacks_of(lived) if row["loan_id"] == marked.late.loan_id]
    assert (cash["state"], cash["amount"], cash["received_amount"]) == ("settled", f"{late:.2f}", f"{late:.2f}")


def marks_in(place: Place) -> marks.Marks:
    """Return the two marks that came too late."""
    found = marks.marks_of(place.county, draw_story(place.county))
    assert found is not None
    return found


async def clawbacks_of(place: Place) -> list[Any]:
    """Return the county's claw-backs."""
    return await place.county.offices["auditor"].every("/clawbacks")


async def supplement_of(place: Place, loan: Loan) -> Decimal:
    """Return what a loan's one supplement added."""
    reader, found = place.county.offices["auditor"], []
    for batch in await reader.every("/subsidy-batches", county_code=place.county.code):
        lines = await reader.every(f"/subsidy-batches/{batch['id']}/lines", household_id=loan.household_id)
        found += [line for line in lines if line["kind"] == "supplement"]
    (line,) = found
    assert line["loan_id"] == loan.loan_id
    assert Decimal(line["amount"]) > 0
    return Decimal(line["amount"])


def interest_to_the_mistake(place: Place, loan: Loan, loans: list[dict[str, Any]]) -> Decimal:
    """Return a loan's interest from its first day to the day of the wrong posting."""
    (rate,) = [Decimal(row["annual_rate"]) for row in loans if row["id"] == loan.loan_id]
    return recomputed.interest(loan.principal, rate, loan.disbursed_on, place.county.life.posted_wrong_on)


@pytest.mark.clause("DZ-7")
async def test_a_settlement_on_the_wrong_loan_is_reversed_by_two_and_subsidy_and_cover_follow(lived: Place) -> None:
    mistake, days, loans = mistake_of(lived), lived.county.life, await loans_of(lived)
    reader, on = lived.county.offices["auditor"], days.posted_wrong_on.isoformat()
    settled = mistake.payer.principal + interest_to_the_mistake(lived, mistake.payer, loans)
    (wrong,) = [row for row in await on_loan(lived, mistake.other.loan_id, "repayments") if row["reversed_on"]]
    assert (Decimal(wrong["amount"]), wrong["paid_on"], wrong["parts"]) == (settled, on, [])
    (reversal,) = (await reader.get("/repayment-reversals", loan_id=mistake.other.loan_id))["items"]
    assert (reversal["state"], reversal["repayment_id"]) == ("confirmed", wrong["id"])
    assert reversal["proposed_by"] != reversal["decided_by"]
    (right,) = await on_loan(lived, mistake.payer.loan_id, "repayments")
    assert (Decimal(right["amount"]), right["paid_on"], right["principal_outstanding"]) == (settled, on, "0.00")
    assert right["penalty"] == "0.00"
    (back,) = [row for row in await clawbacks_of(lived) if row["loan_id"] == mistake.other.loan_id]
    wrongly = interest_to_the_mistake(lived, mistake.other, loans)
    assert (back["loan_id"], back["state"]) == (mistake.other.loan_id, "offset")
    assert Decimal(back["amount"]) == Decimal(back["offset_amount"]) == wrongly > 0
    for which in ("overpaid", "underpaid"):
        rows = await reader.every(f"/{which}-lines", county_code=lived.county.code)
        assert [row for row in rows if row.get("clawed_back") != row.get("overpaid")] == []


async def test_a_default_that_is_paid_leaves_the_list_and_its_claim_is_void(lived: Place) -> None:
    loan, days, reader = cured_loan(lived), lived.county.life, lived.county.offices["auditor"]
    first, second = (await on_loan(lived, loan.loan_id, "repayments"))[-2:]
    assert (first["paid_on"], second["paid_on"]) == (days.part_paid_on.isoformat(), days.cured_on.isoformat())
    (claim,) = [row for row in await reader.every("/claims", region_code=lived.county.code) if is_of(row, loan)]
    left = loan.principal - Decimal(first["principal"])
    assert (claim["state"], claim["fund_amount"], claim["voided_on"]) == ("voided", None, days.cured_on.isoformat())
    assert ZERO < Decimal(claim["principal"]) == left < loan.principal
    assert (second["principal_outstanding"], Decimal(second["principal"])) == ("0.00", left)
    listed = await reader.every("/listings", region_code=lived.county.code, list_name="dishonesty")
    (entry,) = [row for row in listed if is_of(row, loan)]
    assert (entry["state"], entry["cleared_on"]) == ("cleared", days.cured_on.isoformat())


def is_of(row: dict[str, Any], loan: Loan) -> bool:
    """Return whether a claim or an entry of a list is of a loan."""
    return bool(row["loan_id"] == loan.loan_id)


async def test_payments_the_bank_returned_were_corrected_and_paid_again(lived: Place) -> None:
    report = (await lived.reports())["subsidy"]
    assert report["instructions"]["rejected_count"] == 2 * subsidies.REJECTED_LINES
    assert report["instructions"]["rejected_unpaid_count"] == report["instructions"]["sent_count"] == 0
    assert report["instructions"]["returned_count"] == 2


async def test_who_repaid_on_time_borrows_again_one_grade_higher(lived: Place) -> None:
    again = [loan for loan in await loans_of(lived) if loan["loan_round"] == 2]
    graded = lived.county.households()
    better: dict[str | None, Decimal] = {"C": Decimal(40_000), "B": Decimal(50_000)}
    assert again
    for loan in again:
        assert Decimal(loan["principal"]) == better[graded[loan["household_number"]].target_grade]
    lending = (await lived.reports())["lending"]
    assert lending["repeat_households"] == len(again)
    assert Decimal(lending["repeat_amount_lent"]) == sum(Decimal(loan["principal"]) for loan in again)


def defaulted(place: Place) -> dict[str, tuple[Loan, losses.Default]]:
    """Return the defaults that the life drew, by loan."""
    county = place.county
    story, rule = draw_story(county), county.pack.compensation_rule()
    drawn = losses.causes(story, rule, county.insurance_kind, county.plan.fund_paid_in)
    return {default.loan.loan_id: (default.loan, default) for default in drawn}


@pytest.mark.clause("LG-20")
async def test_losses_are_shared_insurance_first_then_fund_and_bank(lived: Place) -> None:
    drawn = defaulted(lived)
    claims = await lived.county.offices["auditor"].every("/claims", region_code=lived.county.code)
    claims = [claim for claim in claims if not is_of(claim, cured_loan(lived))]
    assert {claim["loan_id"] for claim in claims} == set(drawn)
    by_id = {loan["id"]: loan for loan in await loans_of(lived, state="compensated")}
    borne: Counter[str] = Counter()
    for claim in claims:
        loan, default = drawn[claim["loan_id"]]
        rate = Decimal(by_id[loan.loan_id]["annual_rate"])
        interest = recomputed.interest(loan.principal, rate, lived.county.life.first_interest_on, loan.matures_on)
        owed = loan.principal + interest
        late = recomputed.late_interest(owed, rate, loan.matures_on, lived.county.life.confirmed_on)
        interest += late
        insured = loan.principal * losses.INSURED_SHARE if default.insured else ZERO
        fund = recomputed.fund_part(loan.principal + interest - insured)
        assert (claim["state"], Decimal(claim["late_interest"])) == ("paid", late)
        assert Decimal(claim["amount"]) == loan.principal + interest
        assert Decimal(claim["insurance_amount"]) == insured
        assert Decimal(claim["fund_amount"]) == fund
        assert Decimal(claim["bank_amount"]) == loan.principal + interest - insured - fund
        assert Decimal(by_id[loan.loan_id]["principal_compensated"]) == loan.principal
        assert Decimal(by_id[loan.loan_id]["interest_compensated"]) == interest
        borne.update({"fund": fund, "insured": insured})
    report = (await lived.reports())["riskfund"]
    assert Decimal(report["compensated"]) == borne["fund"]
    assert Decimal(report["insurance_paid"]) == borne["insured"] > 0


async def test_recoveries_are_split_by_the_same_share_and_returned_in_time(lived: Place) -> None:
    drawn = defaulted(lived)
    everything = await lived.county.offices["auditor"].every("/recoveries", region_code=lived.county.code)
    recoveries = [row for row in everything if row["reversed_on"] is None]
    (doubled,) = [row for row in everything if row["reversed_on"] is not None]
    assert (doubled["state"], doubled["fund_owes"]) == ("paid_back", "0.00")
    assert len(recoveries) == len(list(drawn)[1 :: losses.RECOVER_EVERY])
    returned = ZERO
    for recovery in recoveries:
        amount = drawn[recovery["loan_id"]][0].principal * losses.RECOVERED_SHARE
        assert Decimal(recovery["amount"]) == amount
        assert Decimal(recovery["fund_share"]) == recomputed.fund_part(amount)
        assert Decimal(recovery["bank_share"]) == amount - recomputed.fund_part(amount)
        assert recovery["due_on"] == add_workdays(lived.county.life.recovered_on, 5).isoformat()
        assert recovery["state"] == "returned"
        assert recovery["is_late"] is (recovery["returned_on"] > recovery["due_on"])
        returned += recomputed.fund_part(amount)
    report = (await lived.reports())["riskfund"]
    paid_in, compensated = Decimal(report["fund_paid_in"]), Decimal(report["compensated"])
    assert Decimal(report["fund_share_returned"]) == returned > 0
    assert Decimal(report["balance"]) == paid_in - compensated + returned


async def test_a_malicious_default_blacklists_the_household_and_cuts_its_villages_quota(lived: Place) -> None:
    (malicious,) = [default for _, default in defaulted(lived).values() if default.cause == "malicious"]
    reader, code = lived.county.offices["auditor"], lived.county.code
    (listed,) = await reader.every("/listings", region_code=code, list_name="blacklist")
    assert (listed["household_id"], listed["loan_id"]) == (malicious.loan.household_id, malicious.loan.loan_id)
    (quota,) = await reader.every("/village-quotas", region_code=code)
    assert (quota["village_code"], quota["share_left"]) == (malicious.loan.village_code, "0.8")


async def test_the_services_agree_and_the_reconciliation_finds_no_difference(lived: Place) -> None:
    reports = await lived.reports()
    assert reports["riskfund"]["exposure"] == reports["lending"]["outstanding"]
    assert reports["subsidy"]["loans"] == reports["riskfund"]["loans_covered"] == reports["lending"]["loans"]
    found = await result.reconcile(lived.platform, lived.county.folder)
    assert found.differences == 0, (lived.county.folder / "reconciliation.txt").read_text()
    assert found.checks > 30
