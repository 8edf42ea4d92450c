"""A county this program has never heard of: its own document, its own clauses, who may borrow, and what each is lent.

Nothing of it stands among the packs, regions and clauses of the project. Its clause ids begin like those of another
county's document, and mean something else.
"""

import csv
from collections.abc import AsyncIterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.embedded.folders import ROOT
from deploy.platform import Platform
from shared.policy.load import load_pack
from tests.journeys.unknown_county import BANK, COUNTY, PACK_FILE, Unknown, unknown_county
from tools.clauses.catalogue import CATALOGUE, read_catalogue
from tools.demo import applying, setting_up
from tools.demo.batch import Batch, LoanRequest
from tools.demo.county import County, Loan, until
from tools.demo.reviewing import review
from tools.packs.__main__ import main

PACK = load_pack(PACK_FILE)
ON = date(2017, 7, 1)
FILED_ON = date(2017, 7, 3)
AGAINST: dict[str, list[str]] = {
    "SN-01": [],
    "SN-02": ["age-below-minimum"],
    "SN-03": ["state-not-eligible"],
    "SN-04": ["bad-credit-record"],
    "SN-05": ["excluded-kind"],
    "SN-06": ["age-above-maximum"],
    "SN-07": [],
    "SN-08": ["age-above-maximum"],
    "SN-09": [],
}
# product: who borrows it, the benchmark of its term with the product's margin, and its first day of interest
LENT = {
    PACK.product.code: ("SN-07", "4.75", date(2017, 12, 20)),
    "grower_loan": ("SN-08", "4.35", date(2017, 12, 20)),
    "workshop_loan": ("SN-09", "4.85", date(2017, 9, 20)),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def unknown(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Unknown]:
    """Return the county with its pack in force."""
    async with unknown_county(platform, tmp_path_factory.mktemp("exchange")) as found:
        yield found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def screened(unknown: Unknown) -> dict[str, Any]:
    """Return the answer to the question who may borrow, before anybody has a loan."""
    gambler = {"household_ids": [unknown.ids["SN-05"]], "kind": "gamblers", "valid_from": "2017-06-25"}
    await unknown.officer.post("/exclusions", {**gambler, "reason": "参与赌博"})
    asked = {"region_code": COUNTY, "as_of": ON.isoformat(), "amount": "30000.00", "term_months": 12}
    answer: dict[str, Any] = await unknown.chief.post("/eligibility-screenings", asked)
    return answer


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def lending(unknown: Unknown, screened: dict[str, Any]) -> County:
    """Return the county with its bank and the account of its fund; who may borrow was asked before."""
    await setting_up.register_lenders(unknown.county)
    await setting_up.open_fund(unknown.county)
    return unknown.county


def test_its_pack_passes_the_check_from_outside_the_project(tmp_path: Path) -> None:
    elsewhere = tmp_path / "shouning.yaml"
    elsewhere.write_bytes(PACK_FILE.read_bytes())
    assert main(["check", str(elsewhere)]) == 0
    assert not (ROOT / "policy" / "packs" / "shouning.yaml").exists()


@pytest.mark.asyncio(loop_scope="session")
async def test_its_pack_is_put_in_force_and_says_who_may_borrow_by_its_own_clauses(
    unknown: Unknown, screened: dict[str, Any]
) -> None:
    rows = await unknown.chief.every(f"/eligibility-screenings/{screened['id']}/households", region_code=COUNTY)
    listed = await unknown.chief.get(f"/policy-packs/{unknown.pack['id']}/clauses")

    assert {row["household_number"]: [each["code"] for each in row["reasons"]] for row in rows} == AGAINST
    said = {each["id"]: each for each in screened["clauses"]}
    assert {each["code"]: each["clause"] for each in screened["reasons"]} == {
        "age-below-minimum": "FJ-3(a)", "age-above-maximum": "FJ-3(a)", "state-not-eligible": "FJ-2",
        "bad-credit-record": "FJ-5(a)", "excluded-kind": "FJ-4",
    }  # fmt: skip
    assert said.keys() == {"FJ-2", "FJ-3(a)", "FJ-4", "FJ-5(a)"}
    assert (said["FJ-4"]["zh"], said["FJ-4"]["at"]) == ("参与赌博的人员不得贷款", "第四条")
    assert said["FJ-3(a)"]["zh"] == "借款人条件：20至58周岁"
    assert {each["document_zh"] for each in said.values()} == {PACK.header.source.zh}
    beside = {each["id"]: each["sets"] for each in listed["clauses"]}
    assert beside["FJ-3(a)"] == ["eligibility.age_min_years", "eligibility.age_max_years"]
    parts = {clause for clause in beside if "(" in clause}
    unused = sorted(clause for clause in parts if not beside[clause])
    assert unused == ["FJ-8(b)", "FJ-9(b)"], "who reviews is assumed; penalty interest is never subsidised, by no key"


def test_its_clauses_are_its_own_though_their_ids_are_those_of_another_document() -> None:
    ours = {clause.id: clause.zh for clause in read_catalogue(CATALOGUE).clauses}
    assert {clause.id for clause in PACK.clauses} & ours.keys() >= {"FJ-2", "FJ-3", "FJ-4", "FJ-10"}
    assert all(ours.get(clause.id) != clause.zh for clause in PACK.clauses)


async def applied_for(county: County, number: str, code: str | None) -> tuple[Batch, bool]:
    """File one household's application for a product, None is the county's first; return whether it was taken."""
    (household,) = [each for each in county.population.registered if each.household_number == number]
    assert household.loan_request is not None
    request = LoanRequest(household, household.loan_request.amount, household.loan_request.term_months)
    batch = Batch(county.offices.townships[0], BANK, FILED_ON, [request], code)
    return batch, (await applying.file(county, batch))["filed_count"] == 1


async def lent(county: County, number: str, code: str | None) -> Loan:
    """Take an application through reviews and notices to the bank, which pays it out."""
    batch, taken = await applied_for(county, number, code)
    assert taken
    await review(county, batch)
    await applying.hand_over(county, batch, applying.Outcome())
    assert await applying.disburse(county) == 1
    await applying.learn_loans(county)
    (loan,) = [loan for loan in county.loans if loan.household_number == number]
    return loan


async def first_due(county: County, loan: Loan) -> dict[str, Any]:
    """Return the bank's list of dues for the loan's first day of interest."""
    bank, days = county.offices.bank(BANK), {"due_through": "2017-12-31"}
    dues = csv.DictReader((await bank.download("/dues.csv", **days)).decode().splitlines())
    return next(row for row in dues if row["loan_id"] == loan.loan_id)


def test_every_product_of_the_county_is_followed() -> None:
    assert list(LENT) == [product.code for product in PACK.products_offered()]


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize("code", LENT)
async def test_a_product_is_applied_for_paid_out_and_its_first_interest_paid(lending: County, code: str) -> None:
    number, rate, due_on = LENT[code]
    bank, reader = lending.offices.bank(BANK), lending.offices["auditor"]
    loan = await lent(lending, number, None if code == PACK.product.code else code)
    row = await reader.get(f"/loans/{loan.loan_id}")
    assert (row["product_code"], row["annual_rate"], loan.matures_on.year) == (
        code,
        rate,
        2017 + row["term_months"] // 12,
    )

    due = await first_due(lending, loan)
    days = (due_on - loan.disbursed_on).days
    interest = (loan.principal * Decimal(rate) * days / 36000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert (due["due_on"], due["interest"], due["principal"]) == (due_on.isoformat(), f"{interest}", "0.00")
    body = {"bank_reference": f"SN-{code}", "paid_on": due["due_on"], "amount": due["interest"]}
    paid = await bank.post(f"/loans/{loan.loan_id}/repayments", body)
    assert (paid["interest"], paid["held"], paid["loan_closed"]) == (due["interest"], "0.00", False)

    async def heard() -> bool:
        report = await reader.get("/reports/subsidy", region_code=COUNTY)
        products = {each["product_code"]: each for each in report["by_product"]}
        return code in products and products[code]["interest_paid"] == due["interest"]

    await until(heard, "the interest at the subsidy service")


@pytest.mark.asyncio(loop_scope="session")
async def test_what_one_product_allows_another_refuses_by_its_own_clause(lending: County) -> None:
    township = lending.offices.township(lending.offices.townships[0].code)
    cases = (("SN-08", None, "age-above-maximum"), ("SN-07", "workshop_loan", "amount-above-maximum"))
    for number, code, refused in cases:
        batch, taken = await applied_for(lending, number, code)
        (row,) = await township.every("/applications", batch_id=batch.batch_id)
        assert not taken
        assert refused in {reason["code"] for reason in row["reasons"]}
