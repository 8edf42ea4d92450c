"""What Miaoshan's document says is what Miaoshan's pack does, shown by the rules themselves."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.lending.applications.rules.approval import State, path
from shared.policy.vocabulary import ApprovalLevel, Office, PovertyState, RegionLevel
from tests.policy.counties import DAY, aged, county, foreign_citations, grades_reached, refusals, signed

MIAOSHAN = county("miaoshan")
IN_MIAOSHAN, IN_ANOTHER_TOWNSHIP = "371322109228", "371322111278"


def test_applies_to_the_township_only_and_cites_its_own_document_only() -> None:
    assert MIAOSHAN.applies_to("371322109")
    assert MIAOSHAN.applies_to(IN_MIAOSHAN)
    assert not MIAOSHAN.applies_to("371322")
    assert not MIAOSHAN.applies_to(IN_ANOTHER_TOWNSHIP)
    assert foreign_citations(MIAOSHAN, "MS") == []


@pytest.mark.parametrize(
    ("amount", "term_months", "found"),
    [
        pytest.param("50000.00", 24, [], marks=pytest.mark.clause("MS-1(a)", "MS-1(c)")),
        pytest.param(
            "50000.01",
            24,
            ["amount-above-maximum", "amount-above-credit-limit", "household-cap"],
            marks=pytest.mark.clause("MS-1(a)"),
        ),
        pytest.param("50000.00", 25, [], marks=pytest.mark.clause("MS-1(c)")),
        ("50000.00", 36, []),
        ("50000.00", 37, ["term-out-of-bounds"]),
    ],
)
def test_up_to_50_000_normally_24_months_and_never_beyond_36(amount: str, term_months: int, found: list[str]) -> None:
    assert refusals(MIAOSHAN, loan_request={"amount": Decimal(amount), "term_months": term_months}) == found


@pytest.mark.parametrize(
    ("fact", "known", "found"),
    [
        pytest.param("good_repute", True, [], marks=pytest.mark.clause("MS-2(i)")),
        pytest.param("good_repute", False, ["repute-not-good"], marks=pytest.mark.clause("MS-2(i)")),
        pytest.param("good_repute", None, ["repute-not-recorded"], marks=pytest.mark.clause("MS-2(i)")),
        pytest.param("willing_and_able", True, [], marks=pytest.mark.clause("MS-2(f)")),
        pytest.param("willing_and_able", False, ["repayment-doubtful"], marks=pytest.mark.clause("MS-2(f)")),
        pytest.param("willing_and_able", None, ["repute-not-recorded"], marks=pytest.mark.clause("MS-2(f)")),
    ],
)
def test_the_village_vouches_for_repute_and_repayment(fact: str, known: bool | None, found: list[str]) -> None:
    changed: dict[str, Any] = {fact: known}
    assert refusals(MIAOSHAN, **changed) == found


@pytest.mark.clause("MS-2(g)")
def test_the_household_accepts_the_banks_supervision_and_has_its_account_there() -> None:
    assert refusals(MIAOSHAN, loan_request={"accepts_supervision": True}) == []
    assert refusals(MIAOSHAN, loan_request={"accepts_supervision": False}) == ["supervision-not-accepted"]
    assert refusals(MIAOSHAN, has_account=False) == ["bank-account-missing"]


@pytest.mark.clause("MS-2(e)")
def test_a_purpose_is_named_and_lawful() -> None:
    assert refusals(MIAOSHAN, loan_request={"purpose": "house_building"}) == ["purpose-forbidden"]
    assert refusals(MIAOSHAN, loan_request={"purpose": "gambling"}) == ["purpose-unknown"]


def test_24_months_are_what_is_normal_and_the_longest_term_is_assumed() -> None:
    assert MIAOSHAN.lending.term_months_max.assumed
    assert MIAOSHAN.lending.term_months_max.after == ("MS-1", "SX-9")
    assert MIAOSHAN.lending.guarantee_required.clause == ("MS-1",)
    assert MIAOSHAN.lending.collateral_required.assumed, "the heading asks, the answer does not come to it"


@pytest.mark.clause("MS-2(a)")
def test_miaoshans_rural_commercial_bank_lends_to_registered_and_lifted_households() -> None:
    assert MIAOSHAN.loan_terms().lender_kinds == ("rural_commercial",)
    assert MIAOSHAN.lending.lender_kinds.clause == ("MS-2",)
    for state in (PovertyState.REGISTERED, PovertyState.LIFTED, PovertyState.STABLY_LIFTED):
        assert refusals(MIAOSHAN, state=state) == []


def test_five_industries_come_first_and_other_lawful_purposes_follow() -> None:
    rule = MIAOSHAN.purpose_rule()
    assert rule.priority == ("fruit_trees", "vegetables", "nursery_stock", "livestock", "processing")
    first = ["fruit_trees", "vegetables", "nursery_stock", "livestock", "processing"]
    assert [purpose.code for purpose in rule.allowed][:5] == first
    assert [industry.code for industry in rule.industries] == [*first, "other"]
    for purpose in rule.allowed:
        assert refusals(MIAOSHAN, loan_request={"purpose": purpose.code, "industry": purpose.industry}) == []


@pytest.mark.clause("MS-1(c)")
def test_a_loan_of_24_months_is_signed_until_the_same_day_two_years_later() -> None:
    contract = signed(MIAOSHAN, "50000.00", 24, DAY, "4.75")
    assert contract.matures_on == date(2019, 3, 15)
    assert contract.installments[-1].principal == Decimal("50000.00")


@pytest.mark.parametrize(
    ("age", "term_months", "found"),
    [
        pytest.param(17, 12, ["age-below-minimum"], marks=pytest.mark.clause("MS-2(b)")),
        pytest.param(18, 12, [], marks=pytest.mark.clause("MS-2(b)")),
        (55, 24, []),
        pytest.param(58, 24, [], marks=pytest.mark.clause("MS-2(c)")),  # exactly 60
        pytest.param(59, 12, [], marks=pytest.mark.clause("MS-2(c)")),  # exactly 60
        pytest.param(59, 24, ["age-plus-term-above-maximum"], marks=pytest.mark.clause("MS-2(c)")),
        (59, 13, ["age-plus-term-above-maximum"]),
        (60, 6, ["age-plus-term-above-maximum"]),
    ],
)
def test_at_least_18_and_age_plus_term_at_most_60(age: int, term_months: int, found: list[str]) -> None:
    assert refusals(MIAOSHAN, loan_request={"term_months": term_months}, born_on=aged(age)) == found


@pytest.mark.clause("MS-2(d)")
def test_registered_or_with_a_fixed_residence_in_the_township() -> None:
    assert refusals(MIAOSHAN, village_code=IN_MIAOSHAN) == []
    assert refusals(MIAOSHAN, village_code=IN_MIAOSHAN, residence_code=IN_ANOTHER_TOWNSHIP) == []
    assert refusals(MIAOSHAN, village_code=IN_ANOTHER_TOWNSHIP, residence_code=IN_MIAOSHAN) == []
    assert refusals(MIAOSHAN, village_code=IN_ANOTHER_TOWNSHIP) == ["residence-outside-area"]


@pytest.mark.clause("MS-2(a)", "MS-2(b)")
def test_on_the_register_with_full_capacity_and_able_to_work() -> None:
    assert refusals(MIAOSHAN, state=PovertyState.GENERAL) == ["state-not-eligible"]
    assert refusals(MIAOSHAN, civil_capacity="limited") == ["civil-capacity-not-full"]
    assert refusals(MIAOSHAN, able_to_work=False) == ["not-able-to-work"]


@pytest.mark.clause("MS-2(h)")
def test_a_bad_record_passes_only_when_repaid_and_not_malicious() -> None:
    assert refusals(MIAOSHAN, credit_record="clean") == []
    assert refusals(MIAOSHAN, credit_record="bad_settled") == []
    assert refusals(MIAOSHAN, credit_record="bad_unresolved") == ["bad-credit-record"]
    assert refusals(MIAOSHAN, credit_record="bad_settled", malicious=True) == ["malicious-default"]


@pytest.mark.clause("MS-2(g)", "MS-2(j)")
def test_an_account_with_the_lending_bank_and_no_other_debt_of_the_family_there() -> None:
    at_rcb = {"bank_code": "rcb"}
    assert refusals(MIAOSHAN, loan_request=at_rcb, account_bank="rcb") == []
    assert refusals(MIAOSHAN, has_account=False) == ["bank-account-missing"]
    assert refusals(MIAOSHAN, loan_request=at_rcb, account_bank="psbc") == ["bank-account-elsewhere"]
    assert refusals(MIAOSHAN, loan_request=at_rcb, account_bank="rcb", family_debt_banks=("rcb",)) == ["family-debt"]
    assert refusals(MIAOSHAN, loan_request=at_rcb, account_bank="rcb", family_debt_banks=("psbc",)) == []


def test_all_reasons_are_given_at_once() -> None:
    found = refusals(
        MIAOSHAN,
        loan_request={"term_months": 24},
        born_on=aged(59),
        civil_capacity="limited",
        credit_record="bad_unresolved",
        family_debt_banks=("rcb",),
        has_account=False,
    )
    assert found == [
        "age-plus-term-above-maximum",
        "civil-capacity-not-full",
        "bad-credit-record",
        "family-debt",
        "bank-account-missing",
    ]


def test_a_rating_is_not_among_the_conditions_but_its_line_binds() -> None:
    assert refusals(MIAOSHAN, rating=None, loan_request={"amount": Decimal("50000.00")}) == []
    assert MIAOSHAN.eligibility.rating_required.assumed


@pytest.mark.parametrize("labourers", [1, 2, 4])
def test_every_grade_is_within_reach(labourers: int) -> None:
    assert sum(indicator.points_max for indicator in MIAOSHAN.rating_scheme().indicators) == 100
    assert grades_reached(MIAOSHAN, labourers) == {"A", "B", "C"}


def test_the_township_office_signs_last_before_the_bank_and_nothing_goes_above_it() -> None:
    chain, public_notice = MIAOSHAN.approval_chain(), MIAOSHAN.public_notice_rule()
    assert [step.level for step in chain.steps] == [ApprovalLevel.VILLAGE, ApprovalLevel.TOWNSHIP, ApprovalLevel.BANK]
    assert chain.steps[1].signers == (Office.TOWNSHIP,)
    assert public_notice.levels == (RegionLevel.VILLAGE, RegionLevel.TOWNSHIP)
    assert path(chain, public_notice, Decimal("50000.00")) == (
        State.FILED,
        State.VILLAGE_PUBLIC_NOTICE,
        State.TOWNSHIP_REVIEW,
        State.TOWNSHIP_PUBLIC_NOTICE,
        State.APPROVED,
    )
    assert MIAOSHAN.approval.steps.assumed
