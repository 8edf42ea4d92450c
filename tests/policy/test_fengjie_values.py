"""What Fengjie's document says is what Fengjie's pack says."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from shared.access import Role
from shared.offices import Step, could_take, role_of
from shared.policy import arrangements, bounds, rate_terms, rating_terms, terms
from shared.policy.load import cited_clauses
from shared.policy.rate_terms import RateTenor
from shared.policy.vocabulary import (
    ApprovalLevel,
    BoundWord,
    DayCount,
    DueKind,
    LossCause,
    Office,
    PovertyState,
    RateBasis,
    RateColumn,
    RegionLevel,
    RepaymentMethod,
    WaitStart,
)
from shared.policy.yaml_source import key_path
from tests.policy.counties import values_of
from tests.policy.fengjie import PROJECT, fengjie
from tools.clauses.catalogue import read_catalogue
from tools.packs.not_served import deposit_due

CATALOGUE = read_catalogue(PROJECT / "policy" / "clauses.yaml")


def test_applies_to_fengjie_from_march_2017() -> None:
    pack = fengjie()
    assert pack.applies_to("500236")
    assert pack.applies_to("500236001001")
    assert not pack.applies_to("500235")
    assert pack.header.effective_from == date(2017, 3, 1)


def test_cites_only_clauses_of_its_own_document_and_follows_only_known_ones() -> None:
    for path, clause, follows in cited_clauses(fengjie()):
        assert clause in CATALOGUE.ids, key_path(path)
        assert follows or clause.startswith("FJ-"), key_path(path)


@pytest.mark.clause("FJ-4(d)", "FJ-4(e)")
def test_all_three_offices_sign_the_joint_review_and_the_money_comes_within_seven_working_days() -> None:
    chain = fengjie().approval_chain()
    assert [step.level for step in chain.steps] == list(ApprovalLevel)
    review = next(step for step in chain.steps if step.level is ApprovalLevel.JOINT_REVIEW)
    assert set(review.signers) == {Office.FINANCE_BUREAU, Office.POVERTY_OFFICE, Office.SERVICE_CENTRE}
    assert chain.disbursement_working_days == 7


@pytest.mark.clause("FJ-4a")
def test_two_forms_one_letter_one_contract_are_required() -> None:
    documents = fengjie().approval_chain().documents
    assert fengjie().approval.documents.assumed, "the clause counts the papers and does not name them"
    assert [document.zh[-1] for document in documents] == ["表", "表", "书", "同"]


@pytest.mark.clause("FJ-6(a)", "FJ-6(b)", "FJ-6b")
def test_four_kinds_are_excluded_and_the_stably_lifted_lose_the_subsidy() -> None:
    assert [term.code for term in fengjie().eligibility_rules().exclusions] == ["four_kinds"]
    assert fengjie().subsidy_rule().stop_states == (PovertyState.STABLY_LIFTED,)


@pytest.mark.clause("FJ-8(a)", "FJ-8(b)")
def test_purposes_are_reported_by_four_industries_one_or_two_a_borrower() -> None:
    rule = fengjie().purpose_rule()
    assert [each.code for each in rule.industries] == ["planting", "breeding", "mixed", "processing_tourism"]
    assert {purpose.industry for purpose in rule.allowed} == {each.code for each in rule.industries}
    assert (rule.industries_per_borrower_min, rule.industries_per_borrower_max) == (1, 2)


@pytest.mark.clause("FJ-10(a)", "FJ-10(b)", "FJ-10(c)")
def test_lines_are_thirty_forty_and_fifty_thousand_and_grow_by_a_fifth() -> None:
    scheme = fengjie().rating_scheme()
    assert {grade.code: grade.credit_limit for grade in scheme.grades} == {"A": 50_000, "B": 40_000, "C": 30_000}
    assert scheme.promotion_path == ("C", "B", "A")
    assert scheme.gradient_multiplier == Decimal("1.20")
    assert (scheme.demonstration_villages_per_year, scheme.demonstration_households_per_year) == (30, 3000)
    assert sum(indicator.points_max for indicator in scheme.indicators) == 100


@pytest.mark.clause("FJ-11")
def test_interest_is_paid_by_the_household_before_20_december_and_reimbursed_once_a_year() -> None:
    loan, subsidy = fengjie().loan_terms(), fengjie().subsidy_rule()
    assert loan.settlement_day == subsidy.settlement_day == terms.YearlyDay(12, 20)
    assert loan.settlement_period_months == subsidy.period_months == 12
    assert subsidy.settle_first
    assert subsidy.share == 1


@pytest.mark.clause("FJ-12(a)", "FJ-12(c)")
def test_late_payers_are_listed_and_malicious_ones_cost_the_village_quota() -> None:
    rule = fengjie().list_rule()
    assert rule.dishonesty_after_days_late == bounds.DaysBound(1, BoundWord.REACHES)
    days_late = fengjie().lists.dishonesty_after_days_late
    assert days_late is not None
    assert days_late.assumed, "the clause names no number of days"
    assert fengjie().eligibility.barred_by_lists.assumed, "nor that the list bars a new loan"
    assert rule.malicious_village_quota_cut == Decimal("0.20")


@pytest.mark.clause("FJ-13(a)", "FJ-13(b)", "FJ-13(c)")
def test_lending_goes_to_ten_times_a_fund_of_fifty_million_that_is_topped_up() -> None:
    rule = fengjie().fund_rule()
    assert rule.multiplier == 10
    assert rule.initial_amount == 50_000_000
    assert rule.replenish_to_multiplier
    assert rule.only_for_bad_loans
    assert Decimal(525_000_000) / rule.multiplier == 52_500_000


@pytest.mark.clause("FJ-14")
@pytest.mark.parametrize(
    ("amount", "rate"),
    [("9999.99", None), ("10000.00", "0.01"), ("30000.00", "0.01"), ("30000.01", "0.05"), ("50000.00", "0.05")],
)
def test_the_recommender_deposits_one_or_five_percent(amount: str, rate: str | None) -> None:
    rule, asked = fengjie().deposit_rule(), Decimal(amount)
    assert rule is not None
    found = [
        band.rate
        for band in rule.bands
        if (asked > band.amount_min or (band.amount_min_included and asked == band.amount_min))
        and (band.amount_max is None or asked <= band.amount_max)
    ]
    assert found == ([] if rate is None else [Decimal(rate)])


@pytest.mark.clause("FJ-14")
@pytest.mark.parametrize(
    ("amount", "deposit"),
    [
        ("9999.99", "0.00"),
        ("10000.00", "100.00"),
        ("30000.00", "300.00"),
        ("30000.01", "1500.00"),
        ("30000.10", "1500.01"),
        ("50000.00", "2500.00"),
    ],
)
def test_the_recommender_deposits_one_percent_and_above_thirty_thousand_five(amount: str, deposit: str) -> None:
    deposit_rule = fengjie().deposit_rule()
    assert deposit_rule is not None
    assert deposit_due(Decimal(amount), deposit_rule) == Decimal(deposit)


@pytest.mark.clause("FJ-15")
def test_pictures_come_twice_a_month() -> None:
    assert fengjie().loan_terms().evidence_per_month == 2


@pytest.mark.clause("FJ-2", "FJ-3")
def test_townships_are_ranked_monthly_and_meetings_are_weekly_and_monthly() -> None:
    rule = values_of(fengjie().supervision)
    assert rule is not None
    assert (rule.inspection_every_months, rule.ranking_every_months, rule.summon_after_last_places) == (1, 1, 2)
    assert rule.coordination_every_days == (7, 30)


@pytest.mark.clause("FJ-9a", "FJ-9b", "FJ-9c", "FJ-9d")
def test_the_four_ways_of_linking_a_loan_to_a_business() -> None:
    own_use, equity, partnership, lease_back = values_of(fengjie().linkage).models
    assert own_use.code == "own_use"
    assert (equity.grant_rate, equity.loan_rate) == (Decimal("6"), Decimal("4.75"))
    assert partnership.loan_rate == 6
    assert partnership.jobs_first
    assert lease_back.zh == "资产返租"
    assert lease_back.rent_per_mu == 6000
    assert lease_back.rent_paid_by == "household"
    assert lease_back.floor_price_per_500g == 5
    assert lease_back.expected_net_per_mu == 4000


def test_values_the_document_does_not_give_follow_other_documents() -> None:
    pack = fengjie()
    loan, public_notice, losses = pack.loan_terms(), pack.public_notice_rule(), pack.compensation_rule()
    assert loan.amount_max == loan.household_cap == 50_000
    assert loan.term_months_max == 36
    assert public_notice.levels == (RegionLevel.VILLAGE, RegionLevel.TOWNSHIP, RegionLevel.COUNTY)
    assert (public_notice.working_days_per_level, public_notice.objection_stops_clock) == (5, True)
    assert (loan.rate_basis, loan.day_count) == (RateBasis.PBOC_BENCHMARK, DayCount.ACT_360)
    assert loan.repayment_method is RepaymentMethod.INTEREST_ONLY
    assert loan.rate_tenors[0] == RateTenor(12, RateColumn.UP_TO_1Y)
    assert loan.allocation_order == (DueKind.PENALTY, DueKind.INTEREST, DueKind.PRINCIPAL)
    assert (losses.fund_share, losses.bank_share) == (Decimal("0.80"), Decimal("0.20"))
    assert losses.wait_for(LossCause.DEATH) == terms.CompensationWait(LossCause.DEATH, WaitStart.MATURITY, months=3)
    assert losses.recovery_return_working_days == 5
    assert loan.use_within_days == 7
    assert pack.fund_rule().managers == (Office.FINANCE_BUREAU, Office.POVERTY_OFFICE, Office.SERVICE_CENTRE)
    for section, key in (
        ("public_notice", "working_days_per_level"),
        ("compensation", "fund_share"),
        ("eligibility", "rating_required"),
        ("purposes", "allowed"),
        ("follow_up", "use_within_days"),
        ("fund", "initial_amount"),
        ("subsidy", "approver"),
        ("supervision", "responsible_level"),
    ):
        assert getattr(getattr(pack, section), key).assumed, f"{section}.{key} must be marked as assumed"


def test_an_office_that_takes_a_step_is_named_like_the_role_of_its_people_or_is_part_of_one() -> None:
    acting = {office for step in Step for office in could_take(step)}
    assert {office for office in acting if role_of(office) != office.value} == {Office.RISK_GROUP}
    assert role_of(Office.RISK_GROUP) is Role.TOWNSHIP


def test_every_view_is_plain_frozen_and_hashable() -> None:
    pack = fengjie()
    views = [
        pack.eligibility_rules(), pack.purpose_rule(), pack.entity_rules(), pack.rating_scheme(), pack.list_rule(),
        pack.public_notice_rule(), pack.approval_chain(), pack.loan_terms(), pack.subsidy_rule(), pack.fund_rule(),
        pack.compensation_rule(), pack.deposit_rule(), pack.insurance_rule(),
    ]  # fmt: skip
    for plain in views:
        assert is_dataclass(plain)
        hash(plain)
        _assert_plain(plain)


def _assert_plain(value: Any) -> None:
    if is_dataclass(value):
        modules = (terms, bounds, rate_terms, rating_terms, arrangements)
        assert type(value).__module__ in {each.__name__ for each in modules}
        for field in fields(value):
            _assert_plain(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            _assert_plain(each)
    else:
        assert value is None or isinstance(value, bool | int | str | Decimal | date)
        assert not isinstance(value, float)
