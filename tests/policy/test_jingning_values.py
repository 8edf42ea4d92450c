"""What Jingning's yearly report says is what Jingning's pack does, shown by the rules themselves."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.riskfund.funds.rules.cover_limit import cover_of
from shared.policy.vocabulary import LoanMode, LoanSecurity, Office, PovertyState, RegionLevel
from tests.policy.counties import against, aged, county, foreign_citations, grades_reached, refusals, signed, values_of

JINGNING = county("jingning")
ON = date(2016, 3, 15)
LENT_IN_THE_YEAR, HOUSEHOLDS_IN_THE_YEAR = Decimal(16_690_000), 484


def _mutual_aid() -> Any:
    rule = values_of(JINGNING.mutual_aid)
    assert rule is not None
    return rule


def test_applies_to_jingning_after_2012_and_cites_its_own_document_only() -> None:
    assert JINGNING.applies_to("331127")
    assert not JINGNING.applies_to("331126")
    assert JINGNING.header.effective_from == date(2013, 1, 1)
    assert foreign_citations(JINGNING, "JN") == []


def test_a_refusal_speaks_of_low_income_households_in_the_countys_own_word() -> None:
    [reason] = against(JINGNING, ON, state=PovertyState.GENERAL)
    assert reason.zh.startswith("该户为“一般户”，可贷户类型为：低收入农户；")


@pytest.mark.clause("JN-3")
def test_low_income_households_of_the_list_borrow_small_and_short() -> None:
    for state in PovertyState:
        expected = [] if state is PovertyState.REGISTERED else ["state-not-eligible"]
        assert refusals(JINGNING, ON, state=state) == expected, state
    assert refusals(JINGNING, ON, loan_request={"term_months": 12, "amount": Decimal("50000.00")}) == []
    assert refusals(JINGNING, ON, loan_request={"term_months": 13}) == ["term-out-of-bounds"]
    assert refusals(JINGNING, ON, loan_request={"amount": Decimal("50000.01")}) == [
        "amount-above-maximum",
        "amount-above-credit-limit",
        "household-cap",
    ]
    assert JINGNING.loan_terms().amount_max > LENT_IN_THE_YEAR / HOUSEHOLDS_IN_THE_YEAR
    for key in ("amount_max", "term_months_max"):
        assert getattr(JINGNING.lending, key).assumed, f"{key} is silent"


@pytest.mark.parametrize(
    ("income", "found"),
    [
        pytest.param("4000.00", [], marks=pytest.mark.clause("JN-3(a)")),
        pytest.param("4000.01", ["income-above-maximum"], marks=pytest.mark.clause("JN-3(a)")),
        (None, ["income-not-collected"]),
    ],
)
def test_income_a_head_is_at_most_4000_and_was_collected(income: str | None, found: list[str]) -> None:
    assert refusals(JINGNING, ON, income_per_head=income and Decimal(income)) == found


@pytest.mark.clause("JN-4(b)")
def test_loans_are_given_on_credit_or_on_forest_rights() -> None:
    for code, offered in (("credit_loan", LoanSecurity.CREDIT), ("forest_right_loan", LoanSecurity.FOREST_RIGHT)):
        product = JINGNING.for_product(code)
        for security in LoanSecurity:
            expected = [] if security is offered else ["security-not-offered"]
            assert refusals(product, ON, loan_request={"security": security}) == expected, (code, security)


def test_no_oldest_age_and_no_rating_are_asked_for() -> None:
    assert refusals(JINGNING, ON, born_on=aged(80, ON)) == []
    assert refusals(JINGNING, ON, born_on=aged(17, ON)) == ["age-below-minimum"]
    assert refusals(JINGNING, ON, rating=None) == []


@pytest.mark.clause("JN-4(d)")
def test_credit_union_and_postal_savings_bank_lend_on_credit_for_four_purposes() -> None:
    assert JINGNING.loan_terms().lender_kinds == ("rural_credit_cooperative", "postal_savings")
    assert (JINGNING.loan_terms().guarantee_required, JINGNING.loan_terms().collateral_required) == (False, False)
    rule = JINGNING.purpose_rule()
    assert [purpose.code for purpose in rule.allowed] == ["planting", "breeding", "processing", "marketing"]
    assert [industry.code for industry in rule.industries] == [
        "tea", "bamboo_shoots", "mushrooms", "vegetables", "fruit", "livestock", "herbs", "flowers", "aquaculture",
    ]  # fmt: skip
    for industry in rule.industries:
        assert refusals(JINGNING, ON, loan_request={"purpose": "planting", "industry": industry.code}) == []
    assert refusals(JINGNING, ON, loan_request={"industry": "mining"}) == ["industry-unknown"]
    insurance = JINGNING.insurance_rule()
    assert insurance is not None
    assert [product.code for product in insurance.products] == ["accident"]
    assert JINGNING.insurance is not None
    assert JINGNING.insurance.products.assumed, "the loan is insured, the product is not named"


@pytest.mark.clause("JN-5")
def test_the_county_screens_with_a_development_plan_and_hands_over() -> None:
    chain = JINGNING.approval_chain()
    signers = [signer for step in chain.steps for signer in step.signers]
    assert signers == [Office.VILLAGE, Office.TOWNSHIP, Office.POVERTY_OFFICE, Office.BANK]
    assert {paper.code: paper.before for paper in chain.documents}["development_plan"] == "village"
    assert refusals(JINGNING, ON, loan_request={"mode": LoanMode.INDIRECT}) == ["mode-not-offered", "entity-missing"]


@pytest.mark.clause("JN-6")
def test_ten_million_a_year_and_nothing_beyond_them() -> None:
    (programme,) = map(values_of, JINGNING.programmes)
    assert programme.budget == Decimal("10000000.00")
    assert JINGNING.programmes[0].budget.clause == ("JN-6",)
    assert JINGNING.subsidy_rule().budget_required is True
    assert JINGNING.subsidy.share.assumed, "the share of the interest is silent"


@pytest.mark.clause("JN-1")
def test_funds_have_limits_by_level_and_a_largest_loan_whose_amounts_are_assumed() -> None:
    rule = _mutual_aid()
    assert [(step.level, step.amount_max) for step in rule.approval_limits] == [
        ("village", Decimal("10000.00")),
        ("township", Decimal("20000.00")),
        ("county_centre", None),
    ]
    assert rule.loan_max == Decimal("20000.00")
    assert JINGNING.mutual_aid is not None
    assert JINGNING.mutual_aid.loan_max.assumed
    assert JINGNING.mutual_aid.approval_limits.assumed
    assert (rule.members_only_from_village, rule.outside_deposits_allowed, rule.wholesale_loans_allowed) == (
        True,
        False,
        False,
    )


@pytest.mark.clause("JN-2")
def test_five_figures_are_kept_for_each_fund() -> None:
    rule = values_of(JINGNING.supervision)
    assert rule is not None
    assert [figure.code for figure in rule.campaign_figures] == [
        "households", "low_income_households", "members", "low_income_members", "fees_collected",
    ]  # fmt: skip
    assert set(rule.offices) == {
        "poverty_office", "finance_bureau", "bank", "insurer", "village", "civil_affairs", "agri_economy_station",
    }  # fmt: skip
    assert rule.responsible_level is RegionLevel.COUNTY


def test_a_loan_of_a_year_has_its_interest_on_20_december_and_at_the_end() -> None:
    contract = signed(JINGNING, "34000.00", 12, ON, "4.35")
    assert [(row.due_on, row.interest) for row in contract.installments] == [
        (date(2016, 12, 20), Decimal("1150.33")),  # 280 days of 34 000 at 4.35 / 360
        (date(2017, 3, 15), Decimal("349.21")),  # 85 days
    ]


def test_the_fund_carries_the_lending_of_the_year() -> None:
    rule = JINGNING.fund_rule()
    assert cover_of(rule.initial_amount, Decimal(0), Decimal(0), rule, LENT_IN_THE_YEAR).missing == 0
    assert JINGNING.fund.initial_amount.assumed


@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_every_grade_is_within_reach(labourers: int) -> None:
    assert sum(indicator.points_max for indicator in JINGNING.rating_scheme().indicators) == 100
    assert grades_reached(JINGNING, labourers) == {"AAA", "AA", "A"}
