"""Who may borrow for what and how, as the counties' own documents say it, judged by the rules under their packs."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from services.registry.tests.borrowing import PACKS, RULES_BY_PACK, years_before
from services.registry.tests.fit_households import codes_against, day_of, fit
from shared.policy.vocabulary import LoanMode, LoanSecurity, PovertyState, ProjectStage

ENTITY_USES = (LoanMode.INDIRECT, LoanMode.EQUITY, LoanMode.ENTERPRISE_USE)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("lingui", marks=pytest.mark.clause("LG-2(d)")),
        pytest.param("kelan", marks=pytest.mark.clause("SX-9(b)")),
        pytest.param("miaoshan", marks=pytest.mark.clause("MS-1(b)")),
        pytest.param("xx-district", marks=pytest.mark.clause("XX-1(d)")),
    ],
)
def test_nobody_is_asked_for_a_guarantee_or_collateral(name: str) -> None:
    for security in LoanSecurity:
        expected = [] if security is LoanSecurity.CREDIT else ["security-not-offered"]
        assert codes_against(name, fit(name), security=security) == expected, security


@pytest.mark.parametrize(
    ("amount", "term_months", "found"),
    [
        pytest.param("50000.00", 36, [], marks=pytest.mark.clause("SX-9(a)", "SX-9(c)")),
        pytest.param("50000.01", 36, ["amount-above-maximum", "household-cap"], marks=pytest.mark.clause("SX-9(a)")),
        pytest.param("50000.00", 37, ["term-out-of-bounds"], marks=pytest.mark.clause("SX-9(c)")),
    ],
)
def test_shanxis_product_has_50_000_and_36_months_both_inclusive(
    amount: str, term_months: int, found: list[str]
) -> None:
    assert codes_against("kelan", fit("kelan"), amount=Decimal(amount), term_months=term_months) == found


@pytest.mark.clause("SX-1(e)")
def test_an_oldest_age_is_the_countys_to_choose_and_shanxi_sets_none() -> None:
    rules, day = RULES_BY_PACK["kelan"], day_of("kelan")
    assert codes_against("kelan", fit("kelan", born_on=years_before(day, 80))) == []
    chosen = replace(
        rules,
        eligibility=replace(rules.eligibility, age_max_years=65),
        clauses={**rules.clauses, "age_max_years": "SX-1(e)"},
    )
    assert codes_against("kelan", fit("kelan", born_on=years_before(day, 66)), chosen) == ["age-above-maximum"]


@pytest.mark.clause("XX-1(f)")
def test_the_districts_household_borrows_uses_and_repays_for_production() -> None:
    district = fit("xx-district")
    assert codes_against("xx-district", replace(district, borrower="unknown")) == ["borrower-not-member"]
    assert codes_against("xx-district", district, purpose="other_consumption") == ["purpose-forbidden"]
    for mode in ENTITY_USES:
        assert codes_against("xx-district", district, mode=mode)[:2] == ["mode-not-offered", "enterprise-use-banned"]


@pytest.mark.clause("XX-1(g)")
@pytest.mark.parametrize(
    ("volunteers", "takes_part", "found"),
    [(True, True, []), (False, True, ["joint-without-part"]), (True, False, ["joint-without-part"])],
)
def test_only_who_volunteers_and_takes_part_develops_jointly(
    volunteers: bool, takes_part: bool, found: list[str]
) -> None:
    joint: dict[str, Any] = {"mode": LoanMode.JOINT, "volunteers": volunteers, "takes_part": takes_part}
    assert codes_against("xx-district", fit("xx-district"), **joint) == found


@pytest.mark.clause("JN-3(b)")
def test_jingnings_project_has_started_or_is_in_preparation() -> None:
    for stage in ProjectStage:
        expected = ["project-not-begun"] if stage is ProjectStage.PLANNED else []
        assert codes_against("jingning", fit("jingning"), project_stage=stage) == expected, stage


@pytest.mark.clause("JN-3(d)")
def test_jingnings_amount_follows_the_projects_investment_and_what_can_be_repaid() -> None:
    enough, short = Decimal("20000.00"), Decimal("19999.99")
    jingning = fit("jingning")
    asked: dict[str, Any] = {"project_investment": enough, "repayable_amount": enough}
    assert codes_against("jingning", jingning, **asked) == []
    assert codes_against("jingning", jingning, **{**asked, "project_investment": short}) == ["amount-above-investment"]
    assert codes_against("jingning", jingning, **{**asked, "repayable_amount": short}) == ["amount-above-means"]


@pytest.mark.clause("JN-4(d)")
def test_jingning_lends_for_four_purposes_and_counts_nine_industries() -> None:
    rule, jingning = PACKS["jingning"].purpose_rule(), fit("jingning")
    assert [purpose.code for purpose in rule.allowed] == ["planting", "breeding", "processing", "marketing"]
    assert len(rule.industries) == 9
    for purpose in rule.allowed:
        assert codes_against("jingning", jingning, purpose=purpose.code) == []
    for industry in rule.industries:
        assert codes_against("jingning", jingning, purpose="planting", industry=industry.code) == []
    assert codes_against("jingning", jingning, industry="mining") == ["industry-unknown"]
    assert codes_against("jingning", jingning, purpose="tourism") != []


@pytest.mark.clause("DZ-1(d)")
def test_dengzhous_loan_is_used_alone_or_in_a_group_and_by_no_entity() -> None:
    for mode in (LoanMode.DIRECT, LoanMode.JOINT):
        assert codes_against("dengzhou", fit("dengzhou"), mode=mode) == [], mode
    for mode in ENTITY_USES:
        assert codes_against("dengzhou", fit("dengzhou"), mode=mode)[0] == "mode-not-offered", mode


@pytest.mark.parametrize(
    ("state", "is_rated", "found"),
    [
        pytest.param("registered", True, [], marks=pytest.mark.clause("ZJ-2c(a)")),
        pytest.param("lifted", True, []),
        pytest.param("general", True, ["state-not-eligible"], marks=pytest.mark.clause("ZJ-2c(a)")),
        pytest.param("registered", False, ["not-rated"], marks=pytest.mark.clause("ZJ-2c(a)")),
    ],
)
def test_the_preferential_loan_is_for_poor_households_that_are_on_file_and_rated(
    state: str, is_rated: bool, found: list[str]
) -> None:
    household = fit("zhijin", state=PovertyState(state))
    assert codes_against("zhijin", household if is_rated else replace(household, rating=None)) == found


@pytest.mark.clause("ZJ-2c(b)")
def test_the_preferential_loan_is_for_the_industries_that_the_county_names() -> None:
    rule, household = PACKS["zhijin"].purpose_rule(), fit("zhijin")
    for purpose in rule.allowed:
        assert codes_against("zhijin", household, purpose=purpose.code, industry=purpose.industry) == []
    assert codes_against("zhijin", household, purpose="weddings") == ["purpose-unknown"]
    assert codes_against("zhijin", household, industry="mining") == ["industry-unknown"]
