"""Who may borrow: every reason, in one order, at its exact boundary."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.standing.eligibility.catalogue import KIND_BY_CODE
from services.registry.standing.eligibility.pack_rules import borrowing_rules
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.eligibility.rules.judging import reasons, verdict
from services.registry.tests.county import PACK
from shared.dates import age_on
from shared.policy.household_facts import Exposure, HouseholdFacts, LoanRequest, RatingFacts
from shared.policy.in_force import ConfirmedPack
from shared.policy.terms import ConditionConsequence
from shared.policy.vocabulary import BadRecordRule, Consequence, PovertyState, SoftCondition

FENGJIE = borrowing_rules(ConfirmedPack(UUID(int=1), PACK))
AS_OF = date(2017, 3, 1)
FIT = HouseholdFacts(
    state="registered",
    born_on=date(1980, 1, 1),
    civil_capacity="full",
    able_to_work=True,
    exclusions=frozenset(),
    credit_record="clean",
    has_account=True,
    lists=(),
    rating=RatingFacts("A", Decimal("50000.00"), date(2017, 1, 13), date(2019, 1, 13)),
    open_loans=0,
    owed=Decimal("0.00"),
)
LOAN_REQUEST = LoanRequest(Decimal("50000.00"), 36, "planting", "planting")

BARS: dict[str, dict[str, Any]] = {
    "state-not-eligible": {"state": "general"},
    "age-below-minimum": {"born_on": date(2000, 1, 1)},
    "age-above-maximum": {"born_on": date(1940, 1, 1)},
    "civil-capacity-not-full": {"civil_capacity": "limited"},
    "not-able-to-work": {"able_to_work": False},
    "excluded-kind": {"exclusions": frozenset({"four_kinds"})},
    "bad-credit-record": {"credit_record": "bad_unresolved"},
    "bank-account-missing": {"has_account": False},
    "on-a-list": {"lists": ("dishonesty",)},
    "not-rated": {"rating": None},
    "household-ended": {"ended_on": AS_OF, "end_reason": "moved_out"},
    "borrower-not-member": {"borrower": "unknown"},
    "borrower-died": {"borrower": "died"},
    "residence-outside-area": {"village_code": "500237100201"},
    "malicious-default": {"malicious": True},
    "household-cap": {"owed": Decimal("0.01")},
    "loan-open": {"open_loans": 1},
}
LOAN_REQUESTS: dict[str, dict[str, Any]] = {
    "amount-below-minimum": {"amount": Decimal("999.99")},
    "amount-above-maximum": {"amount": Decimal("50000.01")},
    "term-out-of-bounds": {"term_months": 37},
    "industry-unknown": {"industry": "mining"},
    "purpose-forbidden": {"purpose": "house_building"},
    "purpose-unknown": {"purpose": "gambling"},
}


def _codes(
    facts: HouseholdFacts, loan_request: LoanRequest = LOAN_REQUEST, rules: BorrowingRules = FENGJIE, on: date = AS_OF
) -> list[str]:
    return [reason.code for reason in reasons(facts, loan_request, rules, on)]


def _rules(**eligibility: Any) -> BorrowingRules:
    clauses = {**FENGJIE.clauses, **dict.fromkeys(eligibility, "MS-2")}
    return replace(FENGJIE, eligibility=replace(FENGJIE.eligibility, **eligibility), clauses=clauses)


def test_a_fit_household_has_no_reason_against_it() -> None:
    assert reasons(FIT, LOAN_REQUEST, FENGJIE, AS_OF) == ()


@pytest.mark.clause("DZ-4")
@pytest.mark.parametrize("code", BARS)
def test_each_bar_gives_its_own_reason_in_words_with_its_clause(code: str) -> None:
    [reason] = reasons(replace(FIT, **BARS[code]), LOAN_REQUEST, FENGJIE, AS_OF)
    assert reason.code == code
    assert reason.zh.endswith("。")
    assert reason.en.endswith(".")
    assert reason.clause


@pytest.mark.clause("DZ-4")
@pytest.mark.parametrize(
    "code",
    [
        pytest.param("amount-below-minimum", marks=pytest.mark.clause("LG-8")),
        "amount-above-maximum",
        "term-out-of-bounds",
        pytest.param("industry-unknown", marks=pytest.mark.clause("FJ-8(a)")),
        "purpose-forbidden",
        "purpose-unknown",
    ],
)
def test_each_loan_request_that_cannot_be_met_gives_its_own_reason(code: str) -> None:
    assert code in _codes(FIT, replace(LOAN_REQUEST, **LOAN_REQUESTS[code]))


@pytest.mark.clause("DZ-4")
def test_all_reasons_are_given_in_one_order() -> None:
    facts = FIT
    for code in ("loan-open", "on-a-list", "excluded-kind", "age-above-maximum", "household-cap", "bad-credit-record"):
        facts = replace(facts, **BARS[code])
    loan_request = LoanRequest(Decimal("50000.01"), 48, "mining", "house_building")
    assert _codes(facts, loan_request) == [
        "age-above-maximum",
        "excluded-kind",
        "bad-credit-record",
        "on-a-list",
        "amount-above-maximum",
        "amount-above-credit-limit",
        "household-cap",
        "loan-open",
        "term-out-of-bounds",
        "industry-unknown",
        "purpose-forbidden",
    ]


@pytest.mark.clause("FJ-6(a)")
def test_the_four_kinds_are_cleaned_out_under_the_clause_of_the_county() -> None:
    [reason] = reasons(replace(FIT, **BARS["excluded-kind"]), LOAN_REQUEST, FENGJIE, AS_OF)
    assert "四类人员" in reason.zh
    assert reason.clause == "FJ-6"


@pytest.mark.clause("FJ-12(a)")
@pytest.mark.parametrize("name", ["dishonesty", pytest.param("blacklist", marks=pytest.mark.clause("LG-22"))])
def test_a_listed_household_may_not_borrow(name: str) -> None:
    [reason] = reasons(replace(FIT, lists=(name,)), LOAN_REQUEST, FENGJIE, AS_OF)
    assert (reason.code, reason.clause) == ("on-a-list", "FJ-12")


@pytest.mark.parametrize(
    ("state", "may"),
    [
        (PovertyState.REGISTERED, True),
        (PovertyState.LIFTED, True),
        (PovertyState.STABLY_LIFTED, True),
        (PovertyState.MONITORED, False),
        (PovertyState.GENERAL, False),
        (None, False),
    ],
)
def test_the_county_names_the_states_that_may_borrow(state: PovertyState | None, may: bool) -> None:
    assert (_codes(replace(FIT, state=state)) == []) is may


@pytest.mark.parametrize(
    ("born", "codes"),
    [
        (date(1999, 3, 1), []),
        (date(1999, 3, 2), ["age-below-minimum"]),
        (date(1951, 3, 2), []),
        (date(1951, 3, 1), ["age-above-maximum"]),
    ],
)
def test_ages_18_to_65_are_inclusive(born: date, codes: list[str]) -> None:
    assert _codes(replace(FIT, born_on=born)) == codes


@pytest.mark.clause("MS-2(c)")
@pytest.mark.parametrize(("term_months", "may"), [(24, True), (25, False), (36, False)])
def test_age_plus_term_stays_within_the_limit(term_months: int, may: bool) -> None:
    rules = _rules(age_plus_term_max_years=60)
    aged_58 = replace(FIT, born_on=date(1959, 2, 1))
    assert (
        "age-plus-term-above-maximum" not in _codes(aged_58, replace(LOAN_REQUEST, term_months=term_months), rules)
    ) is may


@pytest.mark.parametrize(
    ("rule", "record", "may"),
    [
        (BadRecordRule.NONE_ALLOWED, "bad_settled", False),
        (BadRecordRule.NONE_ALLOWED, "bad_unresolved", False),
        (BadRecordRule.NONE_ALLOWED, "none", True),
        pytest.param(
            BadRecordRule.REPAID_AND_NOT_MALICIOUS_ALLOWED, "bad_settled", True, marks=pytest.mark.clause("MS-2(h)")
        ),
        pytest.param(
            BadRecordRule.REPAID_AND_NOT_MALICIOUS_ALLOWED, "bad_unresolved", False, marks=pytest.mark.clause("MS-2(h)")
        ),
        (BadRecordRule.IGNORED, "bad_unresolved", True),
    ],
)
def test_the_county_says_which_bad_records_exclude(rule: BadRecordRule, record: str, may: bool) -> None:
    codes = _codes(replace(FIT, credit_record=record), rules=_rules(bad_record_rule=rule))
    assert ("bad-credit-record" not in codes) is may


@pytest.mark.parametrize(
    ("amount", "credit_limit", "owed", "codes"),
    [
        ("50000.00", "50000.00", "0.00", []),
        ("50000.01", "50000.00", "0.00", ["amount-above-maximum", "amount-above-credit-limit", "household-cap"]),
        pytest.param(
            "30000.01", "30000.00", "0.00", ["amount-above-credit-limit"], marks=pytest.mark.clause("FJ-10(c)")
        ),
        pytest.param("20000.00", "30000.00", "30000.00", [], marks=pytest.mark.clause("LG-25b")),
        pytest.param("20000.01", "30000.00", "30000.00", ["household-cap"], marks=pytest.mark.clause("LG-25b")),
    ],
)
def test_amounts_are_bounded_by_product_line_and_household(
    amount: str, credit_limit: str, owed: str, codes: list[str]
) -> None:
    assert FIT.rating is not None
    facts = replace(FIT, rating=replace(FIT.rating, credit_limit=Decimal(credit_limit)), owed=Decimal(owed))
    assert _codes(facts, replace(LOAN_REQUEST, amount=Decimal(amount))) == codes


@pytest.mark.clause("LG-25b")
@pytest.mark.parametrize(
    ("exposure", "amount", "codes"),
    [
        (Exposure(0, Decimal("20000.00"), Decimal("10000.00")), "20000.00", []),
        (Exposure(0, Decimal("20000.00"), Decimal("10000.00")), "20000.01", ["household-cap"]),
        (Exposure(0, Decimal("20000.01"), Decimal("10000.00")), "20000.00", ["household-cap"]),
        (Exposure(0, Decimal("20000.00"), Decimal("10000.01")), "20000.00", ["household-cap"]),
        (Exposure(0, Decimal("0.00"), Decimal("10000.00")), "30000.00", []),
        (Exposure(0, Decimal("0.00"), Decimal("10000.00")), "30000.01", ["household-cap"]),
    ],
)
def test_what_the_lenders_books_show_counts_once(exposure: Exposure, amount: str, codes: list[str]) -> None:
    owes = replace(FIT, owed=Decimal("10000.00"))  # as far as its loans are known here
    assert _codes(owes, replace(LOAN_REQUEST, amount=Decimal(amount), exposure=exposure)) == codes


@pytest.mark.parametrize(
    ("facts", "exposure", "code"),
    [
        ({"open_loans": 1}, Exposure(0, Decimal("0.00"), Decimal("0.00")), "loan-open"),
        ({"owed": Decimal("50000.00")}, Exposure(0, Decimal("0.00"), Decimal("0.00")), "household-cap"),
    ],
)
def test_who_repaid_just_now_is_asked_to_file_again_in_a_minute(
    facts: dict[str, Any], exposure: Exposure, code: str
) -> None:
    """The closing of a loan is in the lender's books, but not known to the register yet."""
    known = replace(FIT, **facts)
    [reason] = reasons(known, replace(LOAN_REQUEST, exposure=exposure), FENGJIE, AS_OF)
    assert (reason.code, "一分钟后重新提交" in reason.zh, "file again in a minute" in reason.en) == (code, True, True)
    in_books_too = replace(LOAN_REQUEST, exposure=Exposure(1, Decimal("50000.00"), Decimal("0.00")))
    found = reasons(known, in_books_too, FENGJIE, AS_OF)
    assert (code in {each.code for each in found}, any("一分钟" in each.zh for each in found)) == (True, False)


def test_a_loan_in_the_lenders_books_is_open() -> None:
    exposure = Exposure(1, Decimal("0.00"), Decimal("0.00"))
    assert _codes(FIT, replace(LOAN_REQUEST, exposure=exposure)) == ["loan-open"]


@pytest.mark.clause("LG-25b")
def test_the_words_name_loans_and_applications_apart() -> None:
    exposure = Exposure(0, Decimal("20000.00"), Decimal("10000.00"))
    [reason] = reasons(FIT, replace(LOAN_REQUEST, exposure=exposure), FENGJIE, AS_OF)
    assert "未结清贷款20000.00元、在办申请10000.00元" in reason.zh
    assert "Open loans of 20000.00, applications of 10000.00 and this 50000.00" in reason.en
    assert "at most 20000.00 is left" in reason.en


MONEY = st.decimals(0, 200000, places=2)


@pytest.mark.clause("LG-25b", "FJ-10(c)")
@given(MONEY.filter(bool), MONEY, MONEY, MONEY, MONEY)
def test_what_is_lent_never_passes_cap_or_credit_limit(
    amount: Decimal, credit_limit: Decimal, known: Decimal, owed: Decimal, under_way: Decimal
) -> None:
    assert FIT.rating is not None
    facts = replace(FIT, rating=replace(FIT.rating, credit_limit=credit_limit), owed=known)
    if not _codes(facts, replace(LOAN_REQUEST, amount=amount, exposure=Exposure(0, owed, under_way))):
        assert max(known, owed) + under_way + amount <= FENGJIE.loan.household_cap
        assert amount <= min(credit_limit, FENGJIE.loan.amount_max)


@pytest.mark.clause("FJ-10(c)")
@pytest.mark.parametrize(
    ("on", "codes"),
    [
        (date(2017, 1, 12), ["rating-not-yet-valid"]),
        (date(2017, 1, 13), []),
        (date(2019, 1, 12), []),
        (date(2019, 1, 13), ["rating-expired"]),
    ],
)
def test_a_rating_counts_while_it_is_valid(on: date, codes: list[str]) -> None:
    assert _codes(FIT, on=on) == codes


@pytest.mark.clause("MS-1(c)")
@pytest.mark.parametrize(
    ("term_months", "conditions"),
    [(24, []), (25, [("term-above-normal", "with_reason")]), (36, [("term-above-normal", "with_reason")]), (37, [])],
)
def test_a_term_beyond_the_usual_one_is_granted_with_the_banks_reason(
    term_months: int, conditions: list[tuple[str, str]]
) -> None:
    usual = replace(FENGJIE.loan, term_months_normal=24)
    rules = replace(FENGJIE, loan=usual, clauses={**FENGJIE.clauses, "term_months_normal": "MS-1"})
    found = verdict(FIT, replace(LOAN_REQUEST, term_months=term_months), rules, AS_OF)
    assert [(each.reason.code, each.consequence) for each in found.conditions] == conditions
    assert [reason.code for reason in found.reasons] == (["term-out-of-bounds"] if term_months > 36 else [])


@pytest.mark.clause("ZJ-2c(d)")
@pytest.mark.parametrize(
    ("covered", "conditions"),
    [(None, []), (True, []), (False, [("loan-not-covered", "without_cover")])],
)
def test_a_loan_that_the_fund_does_not_cover_is_granted_at_the_banks_risk(
    covered: bool | None, conditions: list[tuple[str, str]]
) -> None:
    product = replace(FENGJIE.loan, covered_by_fund=covered)
    rules = replace(FENGJIE, loan=product, clauses={**FENGJIE.clauses, "covered_by_fund": "ZJ-2c"})
    found = verdict(FIT, LOAN_REQUEST, rules, AS_OF)
    assert [(each.reason.code, each.consequence) for each in found.conditions] == conditions
    assert found.reasons == ()


@pytest.mark.parametrize("consequence", ["without_subsidy", "without_cover", "with_reason", "warned", "refused"])
def test_a_condition_that_is_not_met_has_the_consequence_that_the_county_names(consequence: str) -> None:
    said = ConditionConsequence(SoftCondition.LISTED, Consequence(consequence))
    found = verdict(replace(FIT, lists=("dishonesty",)), LOAN_REQUEST, _rules(consequences=(said,)), AS_OF)
    refused = consequence == "refused"
    assert [reason.code for reason in found.reasons] == (["on-a-list"] if refused else [])
    assert [(each.reason.code, each.consequence) for each in found.conditions] == (
        [] if refused else [("on-a-list", consequence)]
    )


def test_a_softened_condition_leaves_the_other_reasons_as_they_are() -> None:
    said = ConditionConsequence(SoftCondition.LISTED, Consequence.WITHOUT_SUBSIDY)
    facts = replace(FIT, lists=("dishonesty",), open_loans=1)
    found = verdict(facts, LOAN_REQUEST, _rules(consequences=(said,)), AS_OF)
    assert [reason.code for reason in found.reasons] == ["loan-open"]
    assert [each.reason.code for each in found.conditions] == ["on-a-list"]


def test_every_condition_that_may_be_softened_is_one_that_the_rules_give() -> None:
    assert {str(each) for each in SoftCondition if each is not SoftCondition.OTHER_BANK} <= KIND_BY_CODE.keys()


@pytest.mark.parametrize(
    ("term_months", "codes"), [(11, ["term-out-of-bounds"]), (12, []), (36, []), (37, ["term-out-of-bounds"])]
)
def test_terms_are_inclusive_at_both_ends(term_months: int, codes: list[str]) -> None:
    assert _codes(FIT, replace(LOAN_REQUEST, term_months=term_months)) == codes


def test_a_bound_the_county_does_not_have_bars_nobody() -> None:
    rules = _rules(
        age_max_years=None, full_capacity_required=False, able_to_work_required=False, bank_account_required=False,
        barred_by_lists=False, rating_required=False,
    )  # fmt: skip
    facts = replace(
        FIT, born_on=date(1930, 1, 1), civil_capacity="none", able_to_work=False, has_account=False,
        lists=("blacklist",), rating=None,
    )  # fmt: skip
    assert _codes(facts, rules=rules) == []


def test_what_is_not_yet_asked_for_is_not_held_against_it() -> None:
    assert _codes(FIT, replace(LOAN_REQUEST, industry=None, purpose=None)) == []


def test_a_birthday_counts_on_its_day() -> None:
    assert [age_on(date(2000, 2, 29), date(2018, 2, 28)), age_on(date(2000, 2, 29), date(2018, 3, 1))] == [17, 18]
