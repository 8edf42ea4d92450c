"""What the document of XX district says is what its pack does, shown by the rules themselves."""

from datetime import date
from decimal import Decimal

import pytest

from services.lending.applications.rules.approval import State, path
from services.lending.loans.rules.contract_terms import annual_rate
from shared.policy.vocabulary import ApprovalLevel, LoanMode, LoanSecurity, Office, PovertyState, RateBasis
from spec.subsidy import Contract, InterestPaid, SubsidyStatus, subsidy_due
from tests.policy.counties import (
    aged,
    county,
    foreign_citations,
    grades_reached,
    refusals,
    signed,
    values_of,
)

DISTRICT = county("xx-district")
ON = date(2020, 11, 10)  # applications of the drive run from 26 October to 5 November 2020, loans from then on
LENT = Contract(Decimal(50_000), Decimal("4.75"), ON)


def test_says_that_the_document_hides_the_name_and_cites_that_document_only() -> None:
    assert DISTRICT.applies_to("360703")
    assert not DISTRICT.applies_to("360704")
    assert DISTRICT.header.effective_from == date(2020, 10, 20)
    assert "原文隐去区名" in DISTRICT.header.source.zh
    assert foreign_citations(DISTRICT, "XX") == []


@pytest.mark.clause("XX-1(a)")
@pytest.mark.parametrize(
    ("born_on", "found"),
    [
        (aged(17, ON), ["age-below-minimum"]),
        (date(2002, 11, 11), ["age-below-minimum"]),  # 18 tomorrow
        (aged(18, ON), []),
        (aged(65, ON), []),
        (date(1954, 11, 11), []),  # 66 tomorrow
        (aged(66, ON), ["age-above-maximum"]),
    ],
)
def test_18_to_65_years_both_inclusive(born_on: date, found: list[str]) -> None:
    assert refusals(DISTRICT, ON, born_on=born_on) == found


@pytest.mark.parametrize(
    ("amount", "term_months", "found"),
    [
        pytest.param("50000.00", 12, [], marks=pytest.mark.clause("XX-1(c)")),
        pytest.param("50000.00", 36, [], marks=pytest.mark.clause("XX-1(b)", "XX-1(c)")),
        pytest.param(
            "50000.01",
            36,
            ["amount-above-maximum", "amount-above-credit-limit", "household-cap"],
            marks=pytest.mark.clause("XX-1(b)"),
        ),
        pytest.param("50000.00", 11, ["term-out-of-bounds"], marks=pytest.mark.clause("XX-1(c)")),
        pytest.param("50000.00", 37, ["term-out-of-bounds"], marks=pytest.mark.clause("XX-1(c)")),
    ],
)
def test_up_to_50_000_for_12_to_36_months(amount: str, term_months: int, found: list[str]) -> None:
    assert refusals(DISTRICT, ON, loan_request={"amount": Decimal(amount), "term_months": term_months}) == found


@pytest.mark.clause("XX-1(e)")
def test_at_the_benchmark_rate() -> None:
    loan = DISTRICT.loan_terms()
    assert loan.rate_basis is RateBasis.PBOC_BENCHMARK
    assert annual_rate(Decimal("4.75"), loan) == Decimal("4.75")
    contract = signed(DISTRICT, "50000.00", 36, ON, "4.75")
    assert contract.matures_on == date(2023, 11, 10)
    assert [row.due_on for row in contract.installments] == [
        date(2020, 12, 20),
        date(2021, 12, 20),
        date(2022, 12, 20),
        date(2023, 11, 10),
    ]


@pytest.mark.clause("XX-2")
def test_townships_file_together_also_for_the_photovoltaic_industry() -> None:
    assert DISTRICT.approval_chain().batch_filing
    assert refusals(DISTRICT, ON, loan_request={"purpose": "photovoltaic", "industry": "photovoltaic"}) == []


@pytest.mark.clause("XX-1(d)", "XX-1(f)")
def test_without_security_for_production_and_used_by_the_household_itself() -> None:
    terms = DISTRICT.loan_terms()
    assert (terms.guarantee_required, terms.collateral_required) == (False, False)
    assert DISTRICT.lending.guarantee_required.clause == DISTRICT.lending.collateral_required.clause == ("XX-1(d)",)
    assert refusals(DISTRICT, ON, loan_request={"purpose": "other_consumption"}) == ["purpose-forbidden"]
    assert DISTRICT.entity_rules().modes == (LoanMode.DIRECT, LoanMode.JOINT)
    assert DISTRICT.entities.modes.clause == ("XX-1(f)", "XX-1(g)")


@pytest.mark.clause("XX-1(d)")
def test_nobody_is_asked_for_a_guarantee_or_collateral() -> None:
    for security in LoanSecurity:
        expected = [] if security is LoanSecurity.CREDIT else ["security-not-offered"]
        assert refusals(DISTRICT, ON, loan_request={"security": security}) == expected, security


@pytest.mark.clause("XX-6")
def test_the_township_reviews_first_and_the_poverty_office_stands_for_the_district() -> None:
    steps = DISTRICT.approval_chain().steps
    assert [(step.level, step.signers) for step in steps] == [
        (ApprovalLevel.TOWNSHIP, (Office.TOWNSHIP, Office.RISK_GROUP)),
        (ApprovalLevel.COUNTY_CENTRE, (Office.POVERTY_OFFICE,)),
        (ApprovalLevel.BANK, (Office.BANK,)),
    ]
    rule = DISTRICT.public_notice_rule()
    assert path(DISTRICT.approval_chain(), rule, Decimal("50000.00"))[0] is State.VILLAGE_PUBLIC_NOTICE


@pytest.mark.clause("XX-4", "XX-8")
def test_poverty_office_and_finance_bureau_carry_out_subsidy_and_fund() -> None:
    rule = DISTRICT.subsidy_rule()
    assert (rule.preparer, rule.reviewer, rule.approver) == ("poverty_office", "finance_bureau", "finance_bureau")
    assert rule.budget_required is True
    assert DISTRICT.subsidy.budget_required.clause == ("XX-4(c)",)
    assert DISTRICT.fund_rule().managers == (Office.FINANCE_BUREAU, Office.POVERTY_OFFICE)
    assert DISTRICT.fund.initial_amount.assumed, "the plan masks the amount"
    supervision = values_of(DISTRICT.supervision)
    assert supervision is not None
    assert set(supervision.offices) == {
        Office.POVERTY_OFFICE, Office.FINANCE_BUREAU, Office.CENTRAL_BANK, Office.BANK_REGULATOR, Office.TOWNSHIP,
        Office.BANK, Office.LEADING_GROUP_OFFICE, Office.FINANCE_OFFICE, Office.RISK_GROUP, Office.COOPERATIVE,
    }  # fmt: skip


@pytest.mark.clause("XX-3")
def test_one_renewal_and_one_extension_within_their_lengths() -> None:
    rule = values_of(DISTRICT.renewal)
    assert rule is not None
    assert (rule.renewal_times_max, rule.renewal_term_months_max) == (1, 36)
    assert rule.extension_times_max == 1
    assert (rule.short_loan_months, rule.short_extension_months_max) == (12, 12)
    assert [term * rule.long_extension_share_max for term in (24, 36)] == [12, 18]


@pytest.mark.clause("XX-4")
def test_the_whole_interest_of_the_first_three_years_comes_back() -> None:
    rule = DISTRICT.subsidy_rule()
    assert rule.share == 1
    assert rule.years_max == 3
    within = InterestPaid(Decimal("2407.99"), date(2020, 12, 20), date(2021, 12, 20))
    assert subsidy_due(within, LENT, SubsidyStatus(), rule).amount == within.amount
    to_the_day = InterestPaid(Decimal("2144.10"), date(2022, 12, 20), date(2023, 11, 10))
    assert subsidy_due(to_the_day, LENT, SubsidyStatus(), rule).amount == to_the_day.amount


@pytest.mark.clause("XX-4")
def test_interest_beyond_the_third_year_is_the_borrowers() -> None:
    rule = DISTRICT.subsidy_rule()
    astride = InterestPaid(Decimal("3650.00"), date(2022, 12, 20), date(2023, 12, 20))  # 325 of 365 days in year three
    due = subsidy_due(astride, LENT, SubsidyStatus(), rule)
    assert (due.amount, due.withheld["beyond_years"], due.reasons) == (
        Decimal("3250.00"),
        Decimal("400.00"),
        ("beyond_years",),
    )
    after = InterestPaid(Decimal("100.00"), date(2023, 11, 10), date(2024, 2, 10))
    assert subsidy_due(after, LENT, SubsidyStatus(), rule).amount == 0


@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_every_grade_is_within_reach(labourers: int) -> None:
    assert sum(indicator.points_max for indicator in DISTRICT.rating_scheme().indicators) == 100
    assert grades_reached(DISTRICT, labourers) == {"A", "B", "C"}


def test_what_the_document_is_silent_about_is_marked_as_assumed() -> None:
    assert refusals(DISTRICT, state=PovertyState.LIFTED, on=ON) == []
    for section, key in (
        ("eligibility", "eligible_states"),
        ("rating", "indicators"),
        ("public_notice", "levels"),
        ("compensation", "fund_share"),
        ("fund", "multiplier"),
        ("renewal", "top_up_allowed"),
    ):
        assert getattr(getattr(DISTRICT, section), key).assumed, f"{section}.{key}"


def test_a_conversion_pays_off_the_photovoltaic_loan_and_nothing_else() -> None:
    conversion = DISTRICT.for_product("conversion")
    assert [each.code for each in conversion.purpose_rule().allowed] == ["photovoltaic"]
    assert conversion.purposes.allowed.clause == ("XX-2(b)",)
    planting = {"purpose": "planting", "industry": "planting"}
    assert refusals(conversion, ON, loan_request=planting) == ["purpose-unknown"]
    assert refusals(DISTRICT, ON, loan_request=planting) == []
    assert conversion.loan_terms() == DISTRICT.loan_terms()
    assert conversion.approval_chain().batch_filing
