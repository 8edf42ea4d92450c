"""What Dengzhou's 2023 programme says is what Dengzhou's pack does, shown by the rules themselves."""

from datetime import date
from decimal import Decimal

import pytest

from services.lending.loans.rules.contract_terms import rate_column
from services.registry.credit.rating.rules.limit_growth import NextLimit, next_limit
from services.registry.credit.rating.rules.validity import is_stale
from services.riskfund.claims.rules.compensation import LossShares, loss_shares
from services.riskfund.funds.rules.cover_limit import cover_of
from shared.policy.terms import Reminder
from shared.policy.vocabulary import Office, PovertyState, PremiumPayer, RateBasis, RateColumn
from spec.subsidy import Contract, InterestPaid, StateFrom, subsidy_due, subsidy_status
from tests.policy.counties import county, foreign_citations, grades_reached, refusals, signed, values_of
from tools.packs.rates import column_for, rate_on

DENGZHOU = county("dengzhou")
DAY = date(2023, 3, 15)
QUARTER = (date(2023, 3, 20), date(2023, 6, 20))
BORROWERS = (PovertyState.LIFTED, PovertyState.STABLY_LIFTED, PovertyState.MONITORED, PovertyState.MARGINAL)


def test_applies_to_dengzhou_from_2023_and_cites_its_own_document_only() -> None:
    assert DENGZHOU.applies_to("411381")
    assert not DENGZHOU.applies_to("411326")
    assert DENGZHOU.header.effective_from == date(2023, 1, 1)
    assert foreign_citations(DENGZHOU, "DZ") == []


@pytest.mark.clause("DZ-1(a)")
def test_lifted_monitored_and_marginal_households_borrow_and_nobody_else() -> None:
    for state in PovertyState:
        expected = [] if state in BORROWERS else ["state-not-eligible"]
        assert refusals(DENGZHOU, DAY, state=state) == expected, state


@pytest.mark.parametrize(
    ("amount", "term_months", "found"),
    [
        pytest.param("50000.00", 36, [], marks=pytest.mark.clause("DZ-1(b)", "DZ-1(c)")),
        pytest.param(
            "50000.01",
            36,
            ["amount-above-maximum", "amount-above-credit-limit", "household-cap"],
            marks=pytest.mark.clause("DZ-1(b)"),
        ),
        pytest.param("50000.00", 37, ["term-out-of-bounds"], marks=pytest.mark.clause("DZ-1(c)")),
    ],
)
def test_up_to_50_000_and_36_months_both_inclusive(amount: str, term_months: int, found: list[str]) -> None:
    assert refusals(DENGZHOU, DAY, loan_request={"amount": Decimal(amount), "term_months": term_months}) == found


@pytest.mark.clause("DZ-1b")
@pytest.mark.parametrize(
    ("term_months", "column", "lpr"),
    [
        (6, RateColumn.UP_TO_1Y, "3.65"),
        (12, RateColumn.UP_TO_1Y, "3.65"),
        (13, RateColumn.OVER_5Y, "4.30"),
        (36, RateColumn.OVER_5Y, "4.30"),
    ],
)
def test_the_cap_is_the_lpr_of_the_term(term_months: int, column: RateColumn, lpr: str) -> None:
    cap = DENGZHOU.subsidy_rule().rate_cap
    assert cap is not None
    assert cap.basis is RateBasis.LPR
    assert column_for(cap.tenors, term_months) is column
    assert rate_column(DENGZHOU.loan_terms(), term_months) is column
    assert rate_on(cap.basis, column, DAY) == Decimal(lpr)


@pytest.mark.clause("DZ-1b")
@pytest.mark.parametrize(
    ("rate", "interest", "lpr", "subsidised"),
    [
        ("3.65", "365.00", "3.65", "365.00"),
        ("3.66", "366.00", "3.65", "365.00"),
        ("4.35", "435.00", "3.65", "365.00"),
        ("4.30", "430.00", "4.30", "430.00"),
        ("4.75", "475.00", "4.30", "430.00"),
        ("3.00", "300.00", "4.30", "300.00"),
    ],
)
def test_interest_comes_back_in_full_up_to_the_cap_and_the_rest_is_the_borrowers(
    rate: str, interest: str, lpr: str, subsidised: str
) -> None:
    rule = DENGZHOU.subsidy_rule()
    lent = Contract(Decimal(50_000), Decimal(rate), DAY)
    lifted = subsidy_status([StateFrom(date(2021, 1, 1), PovertyState.LIFTED)], rule, DAY)
    due = subsidy_due(InterestPaid(Decimal(interest), *QUARTER), lent, lifted, rule, cap_rate=Decimal(lpr))
    assert due.amount == Decimal(subsidised)
    assert due.withheld["above_cap"] == Decimal(interest) - Decimal(subsidised)


@pytest.mark.clause("DZ-2")
def test_the_programme_of_2023_with_its_budget_and_targets() -> None:
    (programme,) = map(values_of, DENGZHOU.programmes)
    assert (programme.year, programme.starts_on, programme.ends_on) == (2023, date(2023, 1, 1), date(2023, 12, 31))
    assert programme.budget == Decimal("14812200.00")
    assert {target.code: target.value for target in programme.targets} == {
        "households": 6142,
        "townships": 26,
        "loan_amount": Decimal(323_370_000),
        "household_share": 1,
        "repayment_rate": 1,
        "risk_ratio": 0,
        "satisfaction": Decimal("0.98"),
        "expected_income": Decimal(18_230_000),
    }
    assert programme.fund_sources == ("财政衔接推进乡村振兴补助资金",)
    assert DENGZHOU.subsidy_rule().budget_required is True


@pytest.mark.clause("DZ-2")
def test_the_fund_carries_the_planned_lending_and_not_a_fen_more() -> None:
    rule = DENGZHOU.fund_rule()
    planned = Decimal("323370000.00")
    assert cover_of(rule.initial_amount, Decimal(0), Decimal(0), rule, planned).missing == 0
    assert cover_of(rule.initial_amount, planned, Decimal(0), rule, Decimal("0.10")).missing == Decimal("0.01")


@pytest.mark.clause("DZ-3")
def test_government_bank_and_guarantor_each_carry_a_part_of_a_loss() -> None:
    rule = DENGZHOU.compensation_rule()
    assert min(rule.fund_share, rule.bank_share, rule.guarantor_share) > 0
    parts = loss_shares(Decimal("50549.44"), rule)
    assert parts == LossShares(fund=Decimal("25274.72"), bank=Decimal("10109.89"), guarantor=Decimal("15164.83"))
    assert DENGZHOU.compensation.guarantor_share.assumed, "the clause gives no ratio"


@pytest.mark.clause("DZ-4b(b)")
def test_indicators_are_collected_again_every_year_and_an_old_rating_does_not_count() -> None:
    scheme = DENGZHOU.rating_scheme()
    assert not is_stale(date(2022, 3, 16), scheme.recollect_months, DAY)
    assert is_stale(date(2022, 3, 15), scheme.recollect_months, DAY)
    assert refusals(DENGZHOU, DAY, rating=None) == ["not-rated"]


@pytest.mark.clause("DZ-4c")
def test_townships_report_demand_and_file_together() -> None:
    supervision = values_of(DENGZHOU.supervision)
    assert supervision is not None
    assert supervision.demand_report_every_months == 1
    assert DENGZHOU.approval_chain().batch_filing is True


@pytest.mark.clause("DZ-5a", "DZ-5b")
def test_a_survey_every_three_months_reminders_after_60_and_in_writing_30_days_before() -> None:
    loan = DENGZHOU.loan_terms()
    assert loan.use_survey_every_months == 3
    assert loan.reminders == (Reminder(60, written=False), Reminder(30, written=True))


@pytest.mark.clause("DZ-6")
def test_the_offices_of_the_plan_have_their_part_and_no_regulator_insurer_or_auditor() -> None:
    supervision = values_of(DENGZHOU.supervision)
    assert supervision is not None
    assert set(supervision.offices) == {
        Office.SERVICE_CENTRE, Office.POVERTY_OFFICE, Office.FINANCE_BUREAU, Office.CENTRAL_BANK, Office.TOWNSHIP,
        Office.BANK, Office.GUARANTOR, Office.VILLAGE, Office.HELPER, Office.AGRICULTURE_BUREAU,
        Office.INDUSTRY_BUREAU, Office.WORK_TEAM, Office.FIRST_SECRETARY,
    }  # fmt: skip


@pytest.mark.clause("DZ-6c")
def test_the_guarantee_is_free_to_the_household() -> None:
    rule = values_of(DENGZHOU.premiums)
    assert rule is not None
    assert rule.guarantee_premium_payer is PremiumPayer.COUNTY
    assert rule.covered_share == 1
    assert rule.insurance_premium_payer is None


@pytest.mark.clause("DZ-7")
def test_a_wrong_subsidy_is_paid_back_within_a_time_that_is_set() -> None:
    assert DENGZHOU.subsidy_rule().clawback_days == 30
    assert DENGZHOU.subsidy_rule().settle_first is True


@pytest.mark.clause("DZ-8")
def test_banks_only_are_assessed_and_the_period_is_assumed() -> None:
    rule = values_of(DENGZHOU.supervision)
    assert rule is not None
    assert (rule.bank_assessment_every_months, rule.entity_assessment_every_months) == (12, None)
    assert DENGZHOU.supervision is not None
    assert DENGZHOU.supervision.bank_assessment_every_months is not None
    assert DENGZHOU.supervision.bank_assessment_every_months.assumed


@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_four_grades_and_each_is_within_reach(labourers: int) -> None:
    assert grades_reached(DENGZHOU, labourers) == {"A", "B", "C", "D"}
    grown = next_limit("D", Decimal("10000.00"), Decimal("10000.00"), DENGZHOU.rating_scheme())
    assert grown == NextLimit("C", Decimal("30000.00"))


def test_interest_falls_due_every_quarter_of_the_programme() -> None:
    contract = signed(DENGZHOU, "50000.00", 12, DAY, "3.65")
    due_on = [row.due_on for row in contract.installments]
    assert due_on[-4:] == [date(2023, 6, 20), date(2023, 9, 20), date(2023, 12, 20), date(2024, 3, 15)]
