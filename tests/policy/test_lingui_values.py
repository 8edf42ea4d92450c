"""What Lingui's document says is what Lingui's pack does, shown by the rules themselves."""

from datetime import date
from decimal import Decimal

import pytest

from services.lending.loans.rules.contract_terms import annual_rate, rate_column
from services.riskfund.claims.refusals import ClaimTooEarly
from services.riskfund.claims.rules.compensation import claimable, ensure_waited, first_claim_day, loss_shares
from services.riskfund.funds.rules.cover_limit import cover_of
from services.riskfund.recoveries.rules.split import recovery_shares, return_due_on
from shared.policy.household_facts import RatingFacts
from shared.policy.load import cited_clauses
from shared.policy.vocabulary import (
    ApprovalLevel,
    LoanClass,
    LoanMode,
    LossCause,
    Office,
    PovertyState,
    PremiumPayer,
    RateBasis,
    RateColumn,
    RegionLevel,
)
from shared.policy.yaml_source import key_path
from shared.rules.public_notice import Pause, ends_on
from spec.subsidy import Contract, InterestPaid, StateFrom, subsidy_due, subsidy_status
from tests.policy.counties import DAY, county, foreign_citations, grades_reached, refusals, signed, values_of

LINGUI = county("lingui")
ENTERPRISE_USE = LoanMode.ENTERPRISE_USE


def test_applies_to_lingui_and_cites_its_own_document_only() -> None:
    assert LINGUI.applies_to("450312")
    assert LINGUI.applies_to("450312100001")
    assert not LINGUI.applies_to("450311")
    assert foreign_citations(LINGUI, "LG") == []


@pytest.mark.parametrize(
    ("amount", "term_months", "found"),
    [
        pytest.param("50000.00", 36, [], marks=pytest.mark.clause("LG-2(b)", "LG-2(c)")),
        pytest.param(
            "50000.01",
            36,
            ["amount-above-maximum", "amount-above-credit-limit", "household-cap"],
            marks=pytest.mark.clause("LG-2(b)"),
        ),
        pytest.param("50000.00", 37, ["term-out-of-bounds"], marks=pytest.mark.clause("LG-2(c)")),
    ],
)
def test_up_to_50_000_and_36_months_both_inclusive(amount: str, term_months: int, found: list[str]) -> None:
    assert refusals(LINGUI, loan_request={"amount": Decimal(amount), "term_months": term_months}) == found


@pytest.mark.clause("LG-2(a)")
def test_the_borrower_is_a_registered_poor_household_lifted_or_not() -> None:
    for state in (PovertyState.REGISTERED, PovertyState.LIFTED, PovertyState.STABLY_LIFTED):
        assert refusals(LINGUI, state=state) == []
    for other in (PovertyState.MONITORED, PovertyState.MARGINAL, PovertyState.GENERAL, None):
        assert refusals(LINGUI, state=other) == ["state-not-eligible"]
    assert LINGUI.eligibility.eligible_states.assumed, "the pages that would say it of the lifted are missing"


@pytest.mark.clause("LG-2(e)", "LG-2(f)")
def test_benchmark_rate_without_security_and_with_the_whole_interest_given_back() -> None:
    loan, rule = LINGUI.loan_terms(), LINGUI.subsidy_rule()
    assert (loan.guarantee_required, loan.collateral_required) == (False, False)
    assert loan.rate_basis is RateBasis.PBOC_BENCHMARK
    assert rate_column(loan, 12) is RateColumn.UP_TO_1Y
    assert rate_column(loan, 36) is RateColumn.OVER_1Y_TO_5Y
    assert annual_rate(Decimal("4.35"), loan) == Decimal("4.35")
    interest = signed(LINGUI, "50000.00", 12, date(2017, 3, 15), "4.35").interest
    paid = InterestPaid(interest, date(2017, 3, 15), date(2018, 3, 15))
    due = subsidy_due(
        paid, Contract(Decimal(50_000), Decimal("4.35"), date(2017, 3, 15)), subsidy_status([], rule, DAY), rule
    )
    assert (
        due.amount == interest == Decimal("2205.20")
    )  # 365 days of 50 000 at 4.35 / 360, five interest dates each in fen


@pytest.mark.clause("LG-2(h)", "LG-2b")
def test_loans_of_the_legacy_rule_up_to_100_000_keep_it() -> None:
    (legacy, _), rule = LINGUI.legacy_loan_rules(), LINGUI.subsidy_rule()
    assert legacy.code == "notice_70"
    assert (legacy.amount_above, legacy.amount_max) == (Decimal(50_000), Decimal(100_000))
    assert legacy.term_months_max == 36
    assert legacy.guarantee_required
    assert legacy.subsidy_share == 1
    share = LINGUI.legacy_rules[0].subsidy_share
    assert share is not None
    assert share.clause == ("LG-2b",)
    paid = InterestPaid(Decimal("800.00"), date(2017, 3, 20), date(2017, 6, 20))
    nobody = subsidy_status([], rule, date(2016, 6, 1))
    granted_before = Contract(Decimal(80_000), Decimal("4.75"), date(2016, 6, 1))
    granted_after = Contract(Decimal(80_000), Decimal("4.75"), date(2017, 1, 1))
    assert subsidy_due(paid, granted_before, nobody, rule, (legacy,)).amount == Decimal("800.00")
    beyond = subsidy_due(paid, granted_after, nobody, rule, (legacy,))
    assert (beyond.amount, beyond.reasons) == (Decimal("500.00"), ("above_principal",))


@pytest.mark.clause("LG-28(a)", "LG-28(b)")
def test_an_enterprise_may_use_loans_granted_until_7_december_2017_only() -> None:
    assert LINGUI.header.effective_from == date(2018, 1, 1), "loans of 2016 and 2017 run on under it"
    for granted_on in (date(2016, 1, 1), date(2017, 12, 7)):
        assert refusals(LINGUI, on=granted_on, loan_request={"mode": ENTERPRISE_USE}) == []
    assert refusals(LINGUI, on=date(2017, 12, 8), loan_request={"mode": ENTERPRISE_USE}) == ["enterprise-use-banned"]
    approved_before_granted_after = {"mode": ENTERPRISE_USE, "granted_on": date(2017, 12, 8)}
    assert refusals(LINGUI, on=date(2017, 12, 1), loan_request=approved_before_granted_after) == [
        "enterprise-use-banned"
    ]


@pytest.mark.clause("LG-25", "LG-25b")
def test_a_top_up_leaves_at_most_50_000_owed() -> None:
    renewal = values_of(LINGUI.renewal)
    assert renewal is not None
    assert renewal.top_up_allowed
    for amount, found in (("20000.00", []), ("20000.01", ["household-cap"])):
        top_up = {"amount": Decimal(amount)}
        assert refusals(LINGUI, loan_request=top_up, open_loans=1, owed=Decimal("30000.00")) == found


@pytest.mark.clause("LG-23", "LG-26", "LG-27")
def test_renewal_follows_the_whole_procedure_and_not_for_entrusted_loans() -> None:
    renewal = values_of(LINGUI.renewal)
    assert renewal is not None
    assert renewal.follows_whole_procedure
    assert renewal.barred_modes == (ENTERPRISE_USE,)


@pytest.mark.clause("LG-24")
def test_a_renewed_loan_of_a_household_lifted_meanwhile_keeps_its_subsidy() -> None:
    rule = LINGUI.subsidy_rule()
    assert rule.renewed_loans_keep
    lifted = [StateFrom(date(2016, 1, 1), PovertyState.REGISTERED), StateFrom(date(2017, 6, 1), PovertyState.LIFTED)]
    paid = InterestPaid(Decimal("500.00"), date(2017, 6, 20), date(2017, 9, 20))
    contract = Contract(Decimal(50_000), Decimal("4.35"), DAY)
    assert subsidy_due(paid, contract, subsidy_status(lifted, rule, DAY), rule).amount == Decimal("500.00")


@pytest.mark.clause("LG-8", "LG-10(b)")
def test_the_amount_follows_the_line_of_the_rating() -> None:
    rated_b = RatingFacts("B", Decimal("30000.00"), DAY, date(2019, 1, 1))
    assert refusals(LINGUI, loan_request={"amount": Decimal("30000.00")}, rating=rated_b) == []
    assert refusals(LINGUI, loan_request={"amount": Decimal("30000.01")}, rating=rated_b) == [
        "amount-above-credit-limit"
    ]
    assert refusals(LINGUI, rating=None) == ["not-rated"]


@pytest.mark.clause("LG-10(a)")
@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_the_own_rating_model_is_complete_and_every_grade_is_within_reach(labourers: int) -> None:
    scheme = LINGUI.rating_scheme()
    assert sum(indicator.points_max for indicator in scheme.indicators) == 100
    assert [indicator.code for indicator in scheme.indicators] != [
        indicator.code for indicator in county("fengjie").rating_scheme().indicators
    ]
    assert grades_reached(LINGUI, labourers) == {"A", "B", "C"}


@pytest.mark.clause("LG-22")
def test_the_blacklist_bars_from_loans_and_other_support() -> None:
    rule = LINGUI.list_rule()
    assert (rule.malicious_to_blacklist, rule.blacklist_bars_support) == (True, True)
    assert refusals(LINGUI, lists=("blacklist",)) == ["on-a-list"]


@pytest.mark.clause("LG-12(b)", "LG-12(c)")
def test_five_working_days_at_village_township_and_county_and_an_objection_stops_the_clock() -> None:
    rule = LINGUI.public_notice_rule()
    assert rule.levels == (RegionLevel.VILLAGE, RegionLevel.TOWNSHIP, RegionLevel.COUNTY)
    assert rule.objection_stops_clock
    last = [date(2017, 3, 6)]  # a Monday
    for _ in rule.levels:
        last.append(ends_on(last[-1], rule.working_days_per_level))
    assert last[1:] == [date(2017, 3, 13), date(2017, 3, 20), date(2017, 3, 27)]
    objection = Pause(date(2017, 3, 8), date(2017, 3, 10))
    assert ends_on(date(2017, 3, 6), rule.working_days_per_level, [objection]) == date(2017, 3, 16)


@pytest.mark.clause("LG-12(a)")
def test_helper_and_village_group_both_check() -> None:
    chain = LINGUI.approval_chain()
    assert chain.steps[0].level is ApprovalLevel.VILLAGE
    assert set(chain.steps[0].signers) == {Office.HELPER, Office.VILLAGE}
    assert [step.signers for step in chain.steps[1:3]] == [(Office.TOWNSHIP,), (Office.POVERTY_OFFICE,)]
    assert chain.steps[-1].level is ApprovalLevel.BANK


@pytest.mark.clause("LG-11", "LG-43")
def test_form_identity_rating_credit_report_and_contract_are_on_file() -> None:
    before = {document.code: document.before for document in LINGUI.approval_chain().documents}
    assert before["application_form"] is before["identity_proof"] is ApprovalLevel.VILLAGE
    assert before["credit_report"] is before["loan_contract"] is ApprovalLevel.BANK
    assert {"rating_form", "household_register", "marriage_proof", "investigation_photos", "iou"} <= set(before)
    assert [band.loan_class for band in LINGUI.loan_terms().class_bands] == list(LoanClass)


@pytest.mark.clause("LG-20b")
def test_entrusted_loans_are_claimed_after_more_than_six_months_of_pursuit() -> None:
    rule = LINGUI.compensation_rule()
    wait = rule.wait_for(LossCause.ENTRUSTED)
    assert wait is not None
    assert first_claim_day(wait, date(2018, 1, 15)) == date(2018, 7, 16)
    maturity = date(2018, 1, 1)
    with pytest.raises(ClaimTooEarly):
        ensure_waited(
            rule, LossCause.ENTRUSTED, date(2018, 7, 15),
            matures_on=maturity, overdue_from=maturity, pursued_from=date(2018, 1, 15),
        )  # fmt: skip


def test_each_wait_names_its_own_clause_and_the_others_are_assumed() -> None:
    cited = {clause: key_path(path) for path, clause, _ in cited_clauses(LINGUI) if "waits" in path}
    assert cited == {"LG-21a": "compensation.waits.value[0]", "LG-20b": "compensation.waits.value[1]"}
    assert LINGUI.compensation.waits.assumed
    own = {wait.cause: wait.clause for wait in LINGUI.compensation_rule().waits if wait.clause}
    assert own == {LossCause.DEATH: "LG-21a", LossCause.ENTRUSTED: "LG-20b"}


@pytest.mark.clause("LG-21a")
def test_death_is_claimed_three_months_after_maturity_with_the_overdue_interest() -> None:
    rule = LINGUI.compensation_rule()
    wait = rule.wait_for(LossCause.DEATH)
    assert wait is not None
    assert first_claim_day(wait, date(2020, 3, 1)) == date(2020, 6, 1)
    assert claimable(Decimal("50000.00"), Decimal("600.00"), rule).amount == Decimal("50600.00")


@pytest.mark.clause("LG-8b", "LG-20", "LG-21b")
def test_insurance_pays_first_and_the_rest_is_shared_between_fund_and_bank() -> None:
    rule, premium = LINGUI.compensation_rule(), values_of(LINGUI.premiums)
    assert rule.insurance_pays_first
    assert rule.fund_share + rule.bank_share == 1
    assert premium is not None
    assert premium.insurance_premium_payer is PremiumPayer.HOUSEHOLD
    assert premium.covered_share == 0
    shares = loss_shares(Decimal("31000.00") - Decimal("11000.00"), rule)
    assert (shares.fund, shares.bank) == (Decimal("16000.00"), Decimal("4000.00"))


@pytest.mark.clause("LG-40(c)")
def test_recoveries_go_back_by_the_loss_shares_within_five_working_days() -> None:
    rule = LINGUI.compensation_rule()
    back = recovery_shares(Decimal("1000.00"), Decimal("0.00"), Decimal("20000.00"), rule)
    assert (back.fund, back.bank) == (Decimal("800.00"), Decimal("200.00"))
    assert return_due_on(date(2019, 5, 13), rule) == date(2019, 5, 20)


@pytest.mark.clause("LG-37", "LG-38")
def test_the_fund_covers_bad_loans_only_within_its_multiplier_and_is_replenished() -> None:
    rule = LINGUI.fund_rule()
    assert (rule.only_for_bad_loans, rule.replenish_to_multiplier) == (True, True)
    full = cover_of(Decimal("20000000.00"), Decimal("200000000.00"), Decimal(0), rule, wanted=Decimal("50000.00"))
    assert full.available == 0
    assert full.missing == Decimal("5000.00")


@pytest.mark.clause("LG-41")
def test_four_insurance_products_are_in_use() -> None:
    rule = LINGUI.insurance_rule()
    assert rule is not None
    assert {term.code for term in rule.products} == {"agricultural", "accident", "critical_illness", "loan_guarantee"}


@pytest.mark.clause("LG-9")
def test_seven_offices_with_helper_village_and_work_team_take_part_and_no_service_centre() -> None:
    rule = values_of(LINGUI.supervision)
    assert rule is not None
    assert {
        Office.BANK_REGULATOR, Office.FINANCE_BUREAU, Office.CENTRAL_BANK, Office.INSURANCE_REGULATOR,
        Office.POVERTY_OFFICE, Office.TOWNSHIP, Office.BANK, Office.HELPER, Office.VILLAGE,
        Office.WORK_TEAM, Office.FIRST_SECRETARY,
    } == set(rule.offices)  # fmt: skip
    subsidy = LINGUI.subsidy_rule()
    assert (subsidy.preparer, subsidy.reviewer, subsidy.approver) == (
        Office.POVERTY_OFFICE,
        Office.FINANCE_BUREAU,
        Office.FINANCE_BUREAU,
    )


@pytest.mark.clause("LG-9")
def test_one_rural_commercial_bank_lends() -> None:
    assert LINGUI.loan_terms().lender_kinds == ("rural_commercial",)


def test_what_the_document_is_silent_about_is_marked_as_assumed() -> None:
    for section, key in (
        ("eligibility", "age_max_years"),
        ("rating", "indicators"),
        ("compensation", "fund_share"),
        ("fund", "multiplier"),
        ("renewal", "long_extension_share_max"),
    ):
        assert getattr(getattr(LINGUI, section), key).assumed, f"{section}.{key}"
    assert LINGUI.legacy_rules[0].granted_until.assumed
