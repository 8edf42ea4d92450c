"""What Shanxi's rule says is what Kelan's pack does, shown by the rules themselves."""

from datetime import date
from decimal import Decimal

import pytest

from services.riskfund.funds.rules.cover_limit import is_tolerated
from shared.policy.bounds import ShareBound
from shared.policy.rate_terms import RateTenor
from shared.policy.terms import YearlyDay
from shared.policy.vocabulary import (
    BoundWord,
    EntityParty,
    LoanMode,
    PovertyState,
    PremiumPayer,
    RateBasis,
    RateColumn,
    RegionLevel,
)
from spec.subsidy import Contract, InterestPaid, StateFrom, subsidy_due, subsidy_status
from tests.policy.counties import (
    DAY,
    aged,
    county,
    foreign_citations,
    grades_reached,
    refusals,
    signed,
    sound_entity,
    values_of,
)

KELAN = county("kelan")
INDIRECT = {"mode": LoanMode.INDIRECT}
LENT = Contract(Decimal(50_000), Decimal("4.35"), DAY)
QUARTER = InterestPaid(Decimal("555.83"), date(2017, 3, 20), date(2017, 6, 20))


def test_applies_to_kelan_and_cites_the_provinces_rule_only() -> None:
    assert KELAN.applies_to("140929")
    assert KELAN.applies_to("140929100200")
    assert not KELAN.applies_to("140928")
    assert foreign_citations(KELAN, "SX") == []


@pytest.mark.clause("SX-4(a)")
def test_a_household_uses_its_loan_alone_or_jointly() -> None:
    for mode in (LoanMode.DIRECT, LoanMode.JOINT):
        assert refusals(KELAN, date(2018, 3, 15), loan_request={"mode": mode}) == [], mode


@pytest.mark.clause("SX-10(b)")
def test_county_bank_and_insurer_determine_an_entity_together() -> None:
    parties = frozenset(EntityParty)
    assert refusals(KELAN, loan_request=INDIRECT, entity=sound_entity(KELAN, determined_by=parties)) == []
    for lacking in EntityParty:
        entity = sound_entity(KELAN, determined_by=parties - {lacking})
        assert refusals(KELAN, loan_request=INDIRECT, entity=entity) == ["entity-not-determined"], lacking


@pytest.mark.clause("SX-10(d)")
def test_no_entity_uses_the_loan_of_a_household_that_did_not_choose_it() -> None:
    assert refusals(KELAN, loan_request=INDIRECT, entity=sound_entity(KELAN, chosen=False)) == ["entity-not-chosen"]


@pytest.mark.clause("SX-1(a)", "SX-1(c)")
def test_lifted_or_not_a_household_borrows_in_its_own_name() -> None:
    for state in (PovertyState.REGISTERED, PovertyState.LIFTED, PovertyState.STABLY_LIFTED):
        assert refusals(KELAN, state=state) == []
    for state in (PovertyState.GENERAL, PovertyState.MARGINAL, PovertyState.MONITORED):
        assert refusals(KELAN, state=state) == ["state-not-eligible"]
    assert refusals(KELAN, borrower="unknown") == ["borrower-not-member"]


def test_the_province_names_no_oldest_age() -> None:
    assert refusals(KELAN, born_on=aged(80)) == []
    assert refusals(KELAN, born_on=aged(17)) == ["age-below-minimum"]


@pytest.mark.clause("SX-2(a)")
def test_eight_kinds_of_lenders() -> None:
    assert set(KELAN.loan_terms().lender_kinds) == {
        "state_owned",
        "joint_stock",
        "postal_savings",
        "rural_credit_cooperative",
        "city_commercial",
        "rural_commercial",
        "rural_cooperative",
        "village",
    }


@pytest.mark.clause("SX-1(d)", "SX-3(a)", "SX-3(b)", "SX-3(c)")
def test_what_the_money_is_for_and_what_not() -> None:
    allowed = (
        "special_planting", "special_breeding", "rural_tourism", "repair", "processing", "catering", "small_shop",
        "trade",
    )  # fmt: skip
    for purpose in allowed:
        assert refusals(KELAN, loan_request={"purpose": purpose}) == [], purpose
    forbidden = (
        "house_building", "financial_investment", "household_goods", "other_consumption", "financing_platform",
        "real_estate", "infrastructure",
    )  # fmt: skip
    for purpose in forbidden:
        assert refusals(KELAN, loan_request={"purpose": purpose}) == ["purpose-forbidden"], purpose
    assert refusals(KELAN, loan_request={"purpose": "photovoltaic"}) == ["purpose-unknown"]
    rule = KELAN.purpose_rule()
    assert {purpose.code for purpose in rule.allowed} == set(allowed)
    assert {term.code for term in rule.forbidden} == set(forbidden)


@pytest.mark.clause("SX-4(b)", "SX-4(g)")
def test_directly_or_with_an_entity_that_meets_four_conditions_and_has_room() -> None:
    assert refusals(KELAN) == []
    assert refusals(KELAN, loan_request=INDIRECT, entity=sound_entity(KELAN)) == []
    assert refusals(KELAN, loan_request=INDIRECT) == ["entity-missing"]
    conditions = [term.code for term in KELAN.entity_rules().conditions]
    assert conditions == ["registered", "local_account", "creditworthy", "no_dispute"]
    for missing in conditions:
        lacking = sound_entity(KELAN, conditions_met=frozenset(conditions) - {missing})
        assert refusals(KELAN, loan_request=INDIRECT, entity=lacking) == ["entity-condition-missing"], missing


@pytest.mark.clause("SX-4(h)")
def test_the_assessed_capacity_caps_how_many_households_an_entity_serves() -> None:
    assert refusals(KELAN, loan_request=INDIRECT, entity=sound_entity(KELAN, households=9)) == []
    assert refusals(KELAN, loan_request=INDIRECT, entity=sound_entity(KELAN, households=10)) == ["entity-full"]
    unassessed = sound_entity(KELAN, assessed_on=None, households_max=None)
    assert refusals(KELAN, loan_request=INDIRECT, entity=unassessed) == ["entity-not-assessed"]
    enterprise_use = refusals(KELAN, loan_request={"mode": LoanMode.ENTERPRISE_USE})
    assert enterprise_use == ["mode-not-offered"]


@pytest.mark.clause("SX-5(a)", "SX-5(b)", "SX-5(f)")
def test_all_benchmark_interest_comes_back_every_quarter_after_it_was_paid() -> None:
    rule = KELAN.subsidy_rule()
    assert rule.settle_first
    assert rule.share == 1
    assert rule.period_months == 3
    assert rule.settlement_day == YearlyDay(12, 20)
    contract = signed(KELAN, "50000.00", 12, DAY, "4.35")
    due_on = [row.due_on for row in contract.installments]
    assert due_on[-4:] == [date(2017, 6, 20), date(2017, 9, 20), date(2017, 12, 20), date(2018, 3, 15)]
    assert subsidy_due(QUARTER, LENT, subsidy_status([], rule, DAY), rule).amount == QUARTER.amount


@pytest.mark.clause("SX-5(b)", "SX-5(e)")
def test_penalty_interest_is_never_subsidised_nor_interest_above_the_benchmark() -> None:
    rule = KELAN.subsidy_rule()
    assert rule.rate_cap is not None
    assert rule.rate_cap.basis is RateBasis.PBOC_BENCHMARK
    assert rule.rate_cap.tenors[0] == RateTenor(12, RateColumn.UP_TO_1Y)
    dearer = Contract(Decimal(50_000), Decimal("5.22"), DAY)  # 1.2 times the benchmark of 4.35
    paid = InterestPaid(Decimal("522.00"), date(2017, 3, 20), date(2017, 6, 20))
    due = subsidy_due(paid, dearer, subsidy_status([], rule, DAY), rule, cap_rate=Decimal("4.35"))
    assert (due.amount, due.withheld["above_cap"]) == (Decimal("435.00"), Decimal("87.00"))


@pytest.mark.clause("SX-5(c)", "SX-5(d)")
def test_lifted_households_keep_the_subsidy_and_get_it_when_they_borrow_again() -> None:
    rule = KELAN.subsidy_rule()
    for state in (PovertyState.LIFTED, PovertyState.STABLY_LIFTED):
        lifted_meanwhile = [StateFrom(date(2016, 1, 1), PovertyState.REGISTERED), StateFrom(date(2017, 4, 1), state)]
        lifted_before = [StateFrom(date(2016, 12, 31), state)]
        for states in (lifted_meanwhile, lifted_before):
            due = subsidy_due(QUARTER, LENT, subsidy_status(states, rule, DAY), rule)
            assert (due.amount, due.reasons) == (QUARTER.amount, ("full",))


@pytest.mark.clause("SX-5a(a)", "SX-5a(b)")
def test_a_rating_is_needed_and_villages_and_townships_are_rated_too() -> None:
    assert refusals(KELAN, rating=None) == ["not-rated"]
    scheme = KELAN.rating_scheme()
    assert {threshold.level for threshold in scheme.area_thresholds} == {"village", "township"}
    assert sum(indicator.points_max for indicator in scheme.indicators) == 100


@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_every_grade_is_within_reach(labourers: int) -> None:
    assert grades_reached(KELAN, labourers) == {"A", "B", "C"}


@pytest.mark.clause("SX-5c", "SX-5d")
def test_insurers_take_part_and_the_county_subsidises_the_premium() -> None:
    insurance, premium = KELAN.insurance_rule(), values_of(KELAN.premiums)
    assert insurance is not None
    assert premium is not None
    assert {term.code for term in insurance.products} == {"loan_guarantee", "agricultural", "accident"}
    assert premium.insurance_premium_payer is PremiumPayer.COUNTY
    assert premium.covered_share == Decimal("0.50")
    assert KELAN.premiums is not None
    assert KELAN.premiums.covered_share.assumed, "the clause says a fitting part"


@pytest.mark.clause("SX-6b")
def test_bad_loans_have_a_tolerance_of_their_own() -> None:
    rule = KELAN.fund_rule()
    lent = Decimal("100000000.00")
    assert rule.bad_loan_tolerance == ShareBound(Decimal("0.05"), BoundWord.EXCEEDS)
    assert is_tolerated(Decimal("5000000.00"), lent, rule)
    assert not is_tolerated(Decimal("5000000.01"), lent, rule)
    assert KELAN.fund.bad_loan_tolerance is not None
    assert KELAN.fund.bad_loan_tolerance.assumed, "the clause gives no number"


@pytest.mark.clause("SX-7", "SX-8")
def test_the_county_is_responsible_and_assesses_banks_and_entities_once_a_year() -> None:
    rule = values_of(KELAN.supervision)
    assert rule is not None
    assert rule.responsible_level is RegionLevel.COUNTY
    assert (rule.bank_assessment_every_months, rule.entity_assessment_every_months) == (12, 12)


@pytest.mark.clause("SX-9")
def test_the_provinces_own_product() -> None:
    assert refusals(KELAN, loan_request={"amount": Decimal("50000.00"), "term_months": 36}) == []
    assert refusals(KELAN, loan_request={"amount": Decimal("50000.01")}) == [
        "amount-above-maximum",
        "amount-above-credit-limit",
        "household-cap",
    ]
    assert refusals(KELAN, loan_request={"term_months": 37}) == ["term-out-of-bounds"]
    terms = KELAN.loan_terms()
    assert (terms.guarantee_required, terms.collateral_required) == (False, False)
    assert terms.rate_basis is RateBasis.PBOC_BENCHMARK
    assert terms.rate_margin == 0
    for key in ("amount_max", "term_months_max", "guarantee_required", "collateral_required"):
        assert getattr(KELAN.lending, key).clause == ("SX-9",), key


@pytest.mark.clause("LG-28(a)")
def test_no_entity_uses_a_loan_granted_after_7_december_2017() -> None:
    indirect = {**INDIRECT, "granted_on": date(2017, 12, 8)}
    assert refusals(KELAN, loan_request=indirect, entity=sound_entity(KELAN)) == ["enterprise-use-banned"]
    assert KELAN.entities.enterprise_use_banned_after is not None
    assert KELAN.entities.enterprise_use_banned_after.assumed, "the day is Guangxi's"


def test_what_the_province_is_silent_about_is_marked_as_assumed() -> None:
    for section, key in (
        ("supervision", "bank_assessment_every_months"),
        ("approval", "steps"),
        ("public_notice", "working_days_per_level"),
        ("compensation", "fund_share"),
        ("fund", "multiplier"),
    ):
        assert getattr(getattr(KELAN, section), key).assumed, f"{section}.{key}"
    assert {"poverty_office", "finance_bureau", "central_bank", "bank", "insurer", "township", "work_team"} == set(
        KELAN.supervision.offices.value if KELAN.supervision else ()
    )
