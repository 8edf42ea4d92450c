"""What Ningxia's document says of village funds is in Yanchi's pack, shown by the rules where there is one."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.registry.credit.rating.rules.limit_growth import NextLimit, next_limit
from services.riskfund.claims.rules.compensation import loss_shares, shared_loss
from shared.policy.terms import ApprovalStep
from shared.policy.vocabulary import FundClass, LoanMode, Office, PovertyState, RegionLevel
from spec.subsidy import Contract, InterestPaid, subsidy_due, subsidy_status
from tests.policy.counties import DAY, aged, county, foreign_citations, grades_reached, refusals, values_of

YANCHI = county("yanchi")


def _mutual_aid() -> Any:
    rule = values_of(YANCHI.mutual_aid)
    assert rule is not None
    return rule


def _decided_by(amount: str, limits: tuple[ApprovalStep, ...]) -> str:
    """Return the lowest level that may approve this amount."""
    return next(step.level for step in limits if step.amount_max is None or Decimal(amount) <= step.amount_max)


def test_applies_to_yanchi_and_cites_ningxias_document_only() -> None:
    assert YANCHI.applies_to("640323")
    assert YANCHI.applies_to("640323100001")
    assert not YANCHI.applies_to("640303")
    assert foreign_citations(YANCHI, "NX") == []


@pytest.mark.clause("NX-1")
def test_a_fund_is_its_villages_own_and_takes_no_outside_money() -> None:
    rule = _mutual_aid()
    assert rule.members_only_from_village is True
    assert rule.outside_deposits_allowed is False
    assert refusals(YANCHI, loan_request={"purpose": "financial_investment"}) == ["purpose-forbidden"]


@pytest.mark.clause("NX-2")
def test_registered_poor_households_come_first_and_the_well_off_may_not_borrow() -> None:
    assert _mutual_aid().borrower_states[0] is PovertyState.REGISTERED
    assert refusals(YANCHI, state=PovertyState.REGISTERED) == []
    assert refusals(YANCHI, exclusions=frozenset({"well_off"})) == ["excluded-kind"]
    assert [term.code for term in YANCHI.eligibility_rules().exclusions] == ["well_off"]


@pytest.mark.clause("NX-3")
def test_five_households_guarantee_and_members_are_insured_against_accidents() -> None:
    assert _mutual_aid().joint_guarantee_households == 5
    insurance = YANCHI.insurance_rule()
    assert insurance is not None
    assert [product.code for product in insurance.products] == ["accident"]


@pytest.mark.clause("NX-5", "NX-6")
def test_a_federation_may_charge_a_fee_and_a_bank_may_lend_wholesale() -> None:
    assert _mutual_aid().federation_fee_allowed is True
    assert _mutual_aid().wholesale_loans_allowed is True


@pytest.mark.clause("NX-7")
def test_a_fund_in_order_pledges_for_five_to_ten_times_and_the_county_adds_30_to_50_percent() -> None:
    rule = values_of(YANCHI.village_fund)
    assert rule is not None
    pledge = Decimal("200000.00")
    assert rule.pledging_classes == (FundClass.A, FundClass.B)
    assert YANCHI.village_fund is not None
    assert YANCHI.village_fund.pledging_classes.assumed, "the clause names no class for the pledge"
    assert pledge * rule.multiplier_min == 1_000_000
    assert pledge * rule.multiplier_max == 2_000_000
    assert pledge * rule.county_share_min == 60_000
    assert pledge * rule.county_share_max == 100_000


@pytest.mark.clause("NX-8", "NX-9")
def test_an_enterprise_contracts_and_a_cooperative_takes_shares() -> None:
    assert [model.code for model in values_of(YANCHI.linkage).models] == ["contract_farming", "cooperative_shares"]
    assert refusals(YANCHI, loan_request={"purpose": "contract_farming", "industry": "planting"}) == []
    assert refusals(YANCHI, loan_request={"mode": LoanMode.ENTERPRISE_USE}) == ["mode-not-offered"]


@pytest.mark.clause("NX-10")
def test_a_loan_on_grant_money_is_10_000_at_most() -> None:
    rule = _mutual_aid()
    assert rule.grant_membership_loan_max == Decimal("10000.00")
    assert rule.grant_membership_loan_max < rule.loan_max
    assert YANCHI.mutual_aid is not None
    assert YANCHI.mutual_aid.loan_max.assumed, "no clause names the largest loan"


@pytest.mark.clause("NX-11")
def test_the_township_keeps_the_books_cash_is_out_and_the_county_approves_large_payments() -> None:
    rule = _mutual_aid()
    assert rule.bookkeeper is Office.TOWNSHIP
    assert rule.cash_allowed is False
    assert rule.county_approval_above_max_loan is True
    assert refusals(YANCHI, has_account=False) == ["bank-account-missing"]


@pytest.mark.clause("NX-11")
@pytest.mark.parametrize(
    ("amount", "level"),
    [
        ("10000.00", "village"),
        ("10000.01", "township"),
        pytest.param("20000.00", "township", marks=pytest.mark.clause("JN-1")),
        pytest.param("20000.01", "county_centre", marks=pytest.mark.clause("JN-1")),
    ],
)
def test_approval_limits_by_level_are_data(amount: str, level: str) -> None:
    assert _decided_by(amount, _mutual_aid().approval_limits) == level


@pytest.mark.clause("NX-13")
def test_classes_c_and_d_are_put_right() -> None:
    assert _mutual_aid().rectified_classes == (FundClass.C, FundClass.D)


@pytest.mark.clause("NX-12", "NX-14", "NX-15", "JN-2")
def test_the_county_executes_auditors_take_part_and_five_figures_are_kept_for_each_fund() -> None:
    rule = values_of(YANCHI.supervision)
    assert rule is not None
    assert rule.responsible_level is RegionLevel.COUNTY
    assert {Office.TOWNSHIP, Office.AUDITOR} <= set(rule.offices)
    assert [figure.code for figure in rule.campaign_figures] == [
        "households", "low_income_households", "members", "low_income_members", "fees_collected",
    ]  # fmt: skip


@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_every_grade_is_within_reach_and_who_repays_moves_up(labourers: int) -> None:
    assert grades_reached(YANCHI, labourers) == {"A", "B", "C"}
    grown = next_limit("C", Decimal("20000.00"), Decimal("20000.00"), YANCHI.rating_scheme())
    assert grown == NextLimit("B", Decimal("30000.00"))


def test_the_bank_loan_of_which_the_document_is_silent_follows_other_documents() -> None:
    assert refusals(YANCHI, born_on=aged(18)) == refusals(YANCHI, born_on=aged(65)) == []
    assert refusals(YANCHI, born_on=aged(17)) == ["age-below-minimum"]
    assert refusals(YANCHI, born_on=aged(66)) == ["age-above-maximum"]
    for term_months, found in ((11, ["term-out-of-bounds"]), (12, []), (36, []), (37, ["term-out-of-bounds"])):
        assert refusals(YANCHI, loan_request={"term_months": term_months}) == found, term_months
    rule = YANCHI.subsidy_rule()
    paid = InterestPaid(Decimal("910.00"), date(2019, 12, 20), date(2020, 3, 20))
    due = subsidy_due(paid, Contract(Decimal(50_000), Decimal("4.75"), DAY), subsidy_status([], rule, DAY), rule)
    assert (due.amount, due.reasons) == (Decimal("910.00"), ("full",)), "no number of years is named"
    assert YANCHI.lending.amount_max.after == ("LG-2", "SX-9")
    assert YANCHI.header.effective_from == date(2015, 9, 14)


def test_the_county_poverty_office_consents_above_the_largest_loan() -> None:
    county_step = _mutual_aid().approval_limits[-1]
    assert (county_step.signers, county_step.amount_max) == ((Office.POVERTY_OFFICE,), None)
    signers = {signer for step in YANCHI.approval_chain().steps for signer in step.signers}
    assert Office.SERVICE_CENTRE not in signers


def test_what_insurance_leaves_is_shared_eight_to_two() -> None:
    rule = YANCHI.compensation_rule()
    left = shared_loss(Decimal("20000.00"), Decimal("0.00"), rule).amount - Decimal("15000.00")
    shares = loss_shares(left, rule)
    assert (shares.fund, shares.bank) == (Decimal("4000.00"), Decimal("1000.00"))
