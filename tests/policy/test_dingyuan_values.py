"""What Dingyuan's document says of its campaign is in Dingyuan's pack, shown by the rules where there is one."""

from datetime import date
from decimal import Decimal

import pytest

from services.registry.credit.rating.rules.limit_growth import NextLimit, next_limit
from services.riskfund.funds.rules.cover_limit import cover_of
from shared.policy.vocabulary import LoanMode, RegionLevel
from shared.rules.public_notice import ends_on
from spec.subsidy import Contract, InterestPaid, subsidy_due, subsidy_status
from tests.policy.counties import DAY, county, foreign_citations, grades_reached, refusals, signed, sound_entity

DINGYUAN = county("dingyuan")
LIMITS_GRANTED = Decimal("314600000.00")


def _targets() -> dict[str, Decimal]:
    (programme,) = DINGYUAN.programme_terms()
    return {target.code: target.value for target in programme.targets}


def test_applies_to_dingyuan_and_cites_its_own_document_only() -> None:
    assert DINGYUAN.applies_to("341125")
    assert DINGYUAN.applies_to("341125100001")
    assert not DINGYUAN.applies_to("341124")
    assert foreign_citations(DINGYUAN, "DY") == []


@pytest.mark.clause("DY-1")
def test_the_campaign_rated_82_percent_and_granted_8947_lines_and_1193_loans_in_twelve_weeks() -> None:
    targets = _targets()
    assert targets["households_rated_share"] == Decimal("0.82")
    assert targets["credit_limits"] == 8947
    assert targets["credit_limit_amount"] == LIMITS_GRANTED
    assert targets["loans"] == 1193
    assert targets["campaign_weeks"] == 12
    credit_limits = [grade.credit_limit for grade in DINGYUAN.rating_scheme().grades]
    assert min(credit_limits) < targets["credit_limit_amount"] / targets["credit_limits"] < max(credit_limits)


@pytest.mark.clause("DY-1", "DY-2")
def test_progress_is_reported_by_households_rated_lines_loans_and_township_targets() -> None:
    rule = DINGYUAN.supervision_rule()
    assert rule is not None
    figures = {figure.code for figure in rule.campaign_figures}
    assert figures == {"households_rated", "credit_limits", "loans", "township_targets"}
    assert rule.coordination_every_days == (7,)


@pytest.mark.clause("DY-2")
def test_a_township_has_7_970_000_to_lend_and_its_cover_is_a_tenth_of_it() -> None:
    target = _targets()["township_loan_amount"]
    assert target == Decimal("7970000.00")
    rule = DINGYUAN.fund_rule()
    assert cover_of(rule.initial_amount, Decimal(0), Decimal(0), rule, LIMITS_GRANTED).missing == 0
    assert cover_of(rule.initial_amount, LIMITS_GRANTED, Decimal(0), rule, target).missing == Decimal("797000.00")


@pytest.mark.clause("DY-1")
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


def test_an_entity_may_take_part_and_an_enterprise_never_uses_the_loan() -> None:
    indirect = {"mode": LoanMode.INDIRECT}
    assert refusals(DINGYUAN, loan_request=indirect, entity=sound_entity(DINGYUAN)) == []
    assert refusals(DINGYUAN, loan_request=indirect, entity=sound_entity(DINGYUAN, households=10)) == ["entity-full"]
    banned = refusals(DINGYUAN, date(2017, 12, 8), loan_request={"mode": LoanMode.ENTERPRISE_USE})
    assert banned == ["mode-not-offered", "enterprise-use-banned"]


def test_public_notice_and_subsidy_follow_the_neighbouring_rules_and_say_so() -> None:
    public_notice, rule = DINGYUAN.public_notice_rule(), DINGYUAN.subsidy_rule()
    assert public_notice.levels == (RegionLevel.VILLAGE, RegionLevel.TOWNSHIP, RegionLevel.COUNTY)
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
