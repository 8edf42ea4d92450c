"""What Zhijin's document says is what Zhijin's pack does, shown by the rules themselves where there is one."""

from datetime import date
from decimal import Decimal

import pytest

from services.registry.credit.rating.rules.limit_growth import NextLimit, next_limit
from services.registry.credit.rating.rules.scoring import credit_limit_of, grade_of, score
from shared.policy.vocabulary import LoanMode, PovertyState, RegionLevel
from tests.policy.counties import DAY, county, foreign_citations, grades_reached, refusals, signed, values_of

ZHIJIN = county("zhijin")
# The seven facts of a household that ZJ-1 collects, here of one that earns every point.
BEST = {
    "assets_value": Decimal(120_000),
    "income_annual": Decimal(45_000),
    "spending_annual": Decimal(27_000),
    "debts_total": Decimal(13_500),
    "migrant_workers": Decimal(2),
    "children_at_school": Decimal(1),
    "bad_records": Decimal(0),
}


def test_applies_to_zhijin_and_cites_its_own_document_only() -> None:
    assert ZHIJIN.applies_to("520524")
    assert ZHIJIN.applies_to("520524100001")
    assert not ZHIJIN.applies_to("520523")
    assert foreign_citations(ZHIJIN, "ZJ") == []


@pytest.mark.clause("ZJ-1(a)")
def test_exactly_the_seven_facts_that_are_collected_make_the_score() -> None:
    scheme = ZHIJIN.rating_scheme()
    assert {indicator.code for indicator in scheme.indicators} == set(BEST)
    assert score(BEST, scheme).total == 100
    for code in BEST:
        without = {key: value for key, value in BEST.items() if key != code}
        assert score(without, scheme).total < 100, f"{code} earns nothing"


@pytest.mark.clause("ZJ-1(b)", "LG-10(a)")
def test_a_bad_record_costs_points_and_three_cost_the_grade() -> None:
    scheme = ZHIJIN.rating_scheme()
    totals = [score({**BEST, "bad_records": Decimal(count)}, scheme).total for count in (0, 1, 2, 3)]
    assert totals == [100, 90, 84, 80]
    poor = {**BEST, "assets_value": Decimal(5_000), "income_annual": Decimal(4_000), "bad_records": Decimal(3)}
    assert grade_of(score(poor, scheme).total, scheme) is None


@pytest.mark.clause("ZJ-1(c)", "ZJ-1(f)")
def test_a_group_reviews_and_households_groups_villages_and_townships_are_rated() -> None:
    scheme = ZHIJIN.rating_scheme()
    assert scheme.group_review_members_min >= 3
    assert [threshold.level for threshold in scheme.area_thresholds] == ["group", "village", "township"]
    assert ZHIJIN.public_notice_rule().rating_levels == (RegionLevel.VILLAGE,)
    supervision = values_of(ZHIJIN.supervision)
    assert supervision is not None
    figures = {figure.code for figure in supervision.campaign_figures}
    assert figures == {
        "households_on_file",
        "households_credit",
        "groups_credit",
        "villages_credit",
        "townships_credit",
    }


@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_every_grade_is_within_reach(labourers: int) -> None:
    assert grades_reached(ZHIJIN, labourers) == {"A", "B", "C"}
    scheme = ZHIJIN.rating_scheme()
    assert [credit_limit_of(grade, scheme) for grade in ("A", "B", "C")] == [50_000, 30_000, 10_000]


def test_a_line_does_not_grow_by_repaying() -> None:
    grown = next_limit("C", Decimal("10000.00"), Decimal("10000.00"), ZHIJIN.rating_scheme())
    assert grown == NextLimit("C", Decimal("10000.00"))


@pytest.mark.clause("ZJ-2c")
def test_the_credit_union_agrees_the_loan_and_its_purpose_with_the_household_itself() -> None:
    assert ZHIJIN.loan_terms().lender_kinds == ("rural_credit_cooperative", "rural_commercial")
    assert ZHIJIN.lending.lender_kinds.clause == ("ZJ-2c", "ZJ-7")
    agreement = next(each for each in ZHIJIN.approval_chain().documents if each.code == "special_loan_agreement")
    assert agreement.before == "bank"
    assert refusals(ZHIJIN, loan_request={"purpose": "breeding"}) == []
    assert refusals(ZHIJIN, loan_request={"purpose": "house_building"}) == ["purpose-forbidden"]
    assert refusals(ZHIJIN, loan_request={"purpose": "weddings"}) == ["purpose-unknown"]
    assert refusals(ZHIJIN, loan_request={"mode": LoanMode.INDIRECT}) == ["mode-not-offered", "entity-missing"]


@pytest.mark.clause("ZJ-2c")
def test_only_poor_households_that_are_rated_may_borrow() -> None:
    for state in PovertyState:
        poor = state in (PovertyState.REGISTERED, PovertyState.LIFTED, PovertyState.STABLY_LIFTED)
        assert refusals(ZHIJIN, state=state) == ([] if poor else ["state-not-eligible"]), state
    assert ZHIJIN.eligibility.eligible_states.assumed, "only registered households are named"
    assert refusals(ZHIJIN, rating=None) == ["not-rated"]


def test_farm_credit_stands_beside_the_preferential_loan_for_every_rated_farm_household() -> None:
    assert [each.code for each in ZHIJIN.products_offered()] == ["preferential_loan", "farm_credit"]
    farm = ZHIJIN.for_product("farm_credit")
    for state in PovertyState:
        assert refusals(farm, state=state) == [], state
    assert refusals(farm, state=PovertyState.GENERAL, rating=None) == ["not-rated"]
    assert farm.loan_terms().lender_kinds == ("rural_commercial",)
    assert (ZHIJIN.loan_terms().covered_by_fund, farm.loan_terms().covered_by_fund) == (None, False)
    assert [pack.subsidy_rule().share for pack in (ZHIJIN, farm)] == [Decimal("1.00"), Decimal(0)]
    assert (ZHIJIN.loan_terms().rate_form, farm.loan_terms().rate_form) == (None, "stated")
    for section, key in (("lending", "covered_by_fund"), ("subsidy", "share"), ("interest", "rate_form")):
        assert getattr(getattr(farm, section), key).assumed, f"{section}.{key} is not named for this loan"


@pytest.mark.clause("ZJ-2a", "ZJ-6")
def test_a_direct_grant_is_20_000_on_average_for_three_years_and_paid_after_acceptance() -> None:
    rule = values_of(ZHIJIN.direct_grant)
    assert rule is not None
    assert rule.household_total_max == Decimal("20000.00")
    assert ZHIJIN.direct_grant is not None
    assert ZHIJIN.direct_grant.household_total_max.assumed, "the clause bounds the average, not each household"
    assert rule.agreement_years_min == 3
    assert rule.paid_after_acceptance is True


@pytest.mark.clause("ZJ-2a", "ZJ-2b", "ZJ-2c")
def test_three_kinds_of_agreements_bind_a_household() -> None:
    scattered, centralised, loan = values_of(ZHIJIN.linkage).models
    assert (scattered.code, centralised.code, loan.code) == ("scattered_project", "entity_project", "preferential_loan")
    dividend = values_of(ZHIJIN.guaranteed_dividend)
    assert dividend is not None
    assert centralised.grant_rate == dividend.rate_min


@pytest.mark.clause("ZJ-4")
def test_a_guaranteed_dividend_is_five_percent_rising_with_full_security_for_three_years() -> None:
    rule = values_of(ZHIJIN.guaranteed_dividend)
    assert rule is not None
    invested = Decimal("1000000.00")
    assert invested * rule.rate_min / 100 == Decimal("50000.00")
    assert invested * rule.security_ratio_min == invested
    assert rule.rises_every_year is True
    assert rule.term_years_min == 3


@pytest.mark.clause("ZJ-5")
def test_households_get_seventy_percent_of_the_yield_and_the_village_the_principal() -> None:
    rule = values_of(ZHIJIN.equity_dividend)
    assert rule is not None
    assert Decimal("100000.00") * rule.household_share_min == Decimal("70000.00")
    assert rule.term_years_min == 3
    assert rule.principal_returns_to is RegionLevel.VILLAGE


@pytest.mark.clause("ZJ-3", "ZJ-3b", "ZJ-8")
def test_three_levels_supervise_anyone_may_report_and_sanctions_bar_support() -> None:
    rule = values_of(ZHIJIN.supervision)
    assert rule is not None
    assert rule.whistle_blowing is True
    assert set(rule.offices) == {
        "poverty_office", "finance_bureau", "township", "village", "work_station", "discipline", "agri_service",
    }  # fmt: skip
    assert rule.responsible_level is RegionLevel.COUNTY
    assert ZHIJIN.list_rule().blacklist_bars_support is True
    assert refusals(ZHIJIN, lists=("blacklist",)) == ["on-a-list"]
    assert ZHIJIN.lists.blacklist_bars_support.assumed, "joint sanctions are named, their effect is not"


def test_the_county_knows_no_service_centre() -> None:
    signers = [signer for step in ZHIJIN.approval_chain().steps for signer in step.signers]
    assert signers == ["village", "township", "poverty_office", "bank"]
    rule = ZHIJIN.subsidy_rule()
    assert (rule.preparer, rule.reviewer, rule.approver) == ("poverty_office", "finance_bureau", "finance_bureau")


def test_the_loan_follows_lingui_and_shanxi_where_the_document_is_silent() -> None:
    assert refusals(ZHIJIN, loan_request={"amount": Decimal("50000.00"), "term_months": 36}) == []
    above = refusals(ZHIJIN, loan_request={"amount": Decimal("50000.01"), "term_months": 37})
    assert above == ["amount-above-maximum", "amount-above-credit-limit", "household-cap", "term-out-of-bounds"]
    contract = signed(ZHIJIN, "50000.00", 36, DAY, "4.75")
    assert [row.due_on for row in contract.installments][-2:] == [date(2019, 12, 20), date(2020, 3, 15)]
    for section, key in (
        ("lending", "amount_max"),
        ("interest", "rate_basis"),
        ("interest", "rate_margin"),
        ("rating", "grade_limits"),
    ):
        assert getattr(getattr(ZHIJIN, section), key).assumed, f"{section}.{key} must be marked as assumed"
