"""What Dingyuan's document says of its campaign is in Dingyuan's pack, shown by the rules where there is one."""

from datetime import date
from decimal import Decimal

import pytest

from services.registry.credit.rating.rules.limit_growth import NextLimit, next_limit
from services.riskfund.funds.rules.cover_limit import cover_of
from shared.policy.vocabulary import ApprovalLevel, LoanMode, RegionLevel
from shared.rules.public_notice import ends_on
from spec.subsidy import Contract, InterestPaid, subsidy_due, subsidy_status
from tests.policy.counties import (
    DAY,
    county,
    foreign_citations,
    grades_reached,
    refusals,
    signed,
    sound_entity,
    values_of,
)

DINGYUAN = county("dingyuan")
LIMITS_GRANTED = Decimal("314600000.00")


def test_applies_to_dingyuan_and_cites_its_own_document_only() -> None:
    assert DINGYUAN.applies_to("341125")
    assert DINGYUAN.applies_to("341125100001")
    assert not DINGYUAN.applies_to("341124")
    assert foreign_citations(DINGYUAN, "DY") == []


def test_a_campaign_of_twelve_weeks_with_results_and_no_targets() -> None:
    (programme,) = map(values_of, DINGYUAN.programmes)
    assert (programme.starts_on, programme.ends_on) == (date(2017, 3, 8), date(2017, 5, 30))
    assert 11 <= (programme.ends_on - programme.starts_on).days / 7 <= 12
    assert programme.targets == ()
    average = LIMITS_GRANTED / 8947
    credit_limits = [grade.credit_limit for grade in DINGYUAN.rating_scheme().grades]
    assert min(credit_limits) < average < max(credit_limits)


@pytest.mark.clause("DY-7")
def test_the_treasury_subsidises_and_relief_money_gives_grants() -> None:
    (programme,) = map(values_of, DINGYUAN.programmes)
    assert programme.fund_sources == ("财政资金", "扶贫资金")


@pytest.mark.clause("DY-1(a)", "DY-1(b)", "DY-1(c)", "DY-8")
def test_progress_is_reported_by_households_rated_with_lines_and_lent_to() -> None:
    rule = values_of(DINGYUAN.supervision)
    assert rule is not None
    assert [figure.code for figure in rule.campaign_figures] == ["households_rated", "credit_limits", "households_lent"]
    assert rule.coordination_every_days == (7,)
    assert DINGYUAN.supervision is not None
    assert DINGYUAN.supervision.coordination_every_days.assumed, "meetings are regular, their days are not named"


@pytest.mark.clause("DY-5")
def test_the_rural_commercial_bank_lends_with_the_township_and_no_joint_review_stands_between() -> None:
    assert DINGYUAN.loan_terms().lender_kinds == ("rural_commercial",)
    levels = [step.level for step in DINGYUAN.approval_chain().steps]
    assert levels == [ApprovalLevel.VILLAGE, ApprovalLevel.TOWNSHIP, ApprovalLevel.BANK]
    rule = values_of(DINGYUAN.supervision)
    assert rule is not None
    assert set(rule.offices) == {"poverty_office", "finance_bureau", "bank", "township", "village"}


def test_the_fund_carries_the_lines_granted_and_the_next_loan_needs_a_tenth_more() -> None:
    rule = DINGYUAN.fund_rule()
    assert cover_of(rule.initial_amount, Decimal(0), Decimal(0), rule, LIMITS_GRANTED).missing == 0
    next_loan = cover_of(rule.initial_amount, LIMITS_GRANTED, Decimal(0), rule, Decimal("50000.00"))
    assert next_loan.missing == Decimal("5000.00")


def test_who_is_not_rated_yet_cannot_draw_a_loan() -> None:
    assert refusals(DINGYUAN) == []
    assert refusals(DINGYUAN, rating=None) == ["not-rated"]


@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_every_grade_is_within_reach_and_who_repays_moves_up(labourers: int) -> None:
    assert grades_reached(DINGYUAN, labourers) == {"AAA", "AA", "A"}
    scheme = DINGYUAN.rating_scheme()
    assert next_limit("A", Decimal("20000.00"), Decimal("20000.00"), scheme) == NextLimit("AA", Decimal("40000.00"))
    assert next_limit("AAA", Decimal("50000.00"), Decimal("50000.00"), scheme) == NextLimit("AAA", Decimal("50000.00"))


def test_a_grade_limits_the_amount_whatever_the_household_asks_for() -> None:
    contract = signed(DINGYUAN, "40000.00", 12, DAY, "4.35")
    assert contract.interest == Decimal("1764.17")
    assert refusals(DINGYUAN, loan_request={"amount": Decimal("50000.00"), "term_months": 36}) == []
    assert refusals(DINGYUAN, loan_request={"amount": Decimal("50000.01")}) == [
        "amount-above-maximum",
        "amount-above-credit-limit",
        "household-cap",
    ]


@pytest.mark.clause("DY-3", "LG-28(a)")
def test_three_modes_of_use_and_only_the_households_own_after_7_december_2017() -> None:
    assert DINGYUAN.entity_rules().modes == (LoanMode.DIRECT, LoanMode.INDIRECT, LoanMode.EQUITY)
    entity = sound_entity(DINGYUAN)
    for mode in DINGYUAN.entity_rules().modes:
        assert refusals(DINGYUAN, date(2017, 12, 7), loan_request={"mode": mode}, entity=entity) == []
        banned = refusals(DINGYUAN, date(2017, 12, 8), loan_request={"mode": mode}, entity=entity)
        assert banned == ([] if mode is LoanMode.DIRECT else ["enterprise-use-banned"])
    indirect = {"mode": LoanMode.INDIRECT}
    assert refusals(DINGYUAN, loan_request=indirect, entity=sound_entity(DINGYUAN, households=10)) == ["entity-full"]


def test_public_notice_and_subsidy_follow_other_documents_and_say_so() -> None:
    public_notice, rule = DINGYUAN.public_notice_rule(), DINGYUAN.subsidy_rule()
    assert public_notice.levels == (RegionLevel.VILLAGE, RegionLevel.TOWNSHIP)
    assert ends_on(date(2017, 3, 6), public_notice.working_days_per_level) == date(2017, 3, 13)
    paid = InterestPaid(Decimal("444.67"), date(2017, 3, 20), date(2017, 6, 20))
    lent = Contract(Decimal(40_000), Decimal("4.35"), DAY)
    assert subsidy_due(paid, lent, subsidy_status([], rule, DAY), rule).amount == Decimal("444.67")
    for section, key in (
        ("public_notice", "levels"),
        ("subsidy", "share"),
        ("rating", "grade_limits"),
        ("fund", "multiplier"),
    ):
        assert getattr(getattr(DINGYUAN, section), key).assumed, f"{section}.{key} must be marked as assumed"
