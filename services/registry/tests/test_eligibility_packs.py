"""Every county's own bounds, with the numbers of its document, inclusive where the document says so."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.registry.credit.rating.rules.scoring import credit_limit_of
from services.registry.tests.borrowing import PACKS, RULES_BY_PACK, years_before
from services.registry.tests.fit_households import against, codes_against, day_of, fit
from shared.policy.household_facts import OpenLoan
from shared.policy.vocabulary import BadRecordRule


@pytest.mark.clause("DZ-4")
@pytest.mark.parametrize("name", PACKS)
def test_a_fit_household_may_borrow_under_every_pack(name: str) -> None:
    assert against(name, fit(name)) == ()


@pytest.mark.clause("DZ-4")
@pytest.mark.parametrize("name", PACKS)
def test_everything_wrong_at_once_is_refused_at_once_under_every_pack(name: str) -> None:
    facts = fit(
        name,
        state="general",
        born_on=years_before(day_of(name), 17),
        able_to_work=False,
        credit_record="bad_unresolved",
        has_account=False,
        lists=("blacklist",),
        open_loans=2,
        owed=Decimal("50000.00"),
    )
    found = against(name, facts, term_months=37, purpose="house_building")
    assert [reason.code for reason in found] == [
        "state-not-eligible",
        "age-below-minimum",
        "not-able-to-work",
        "bad-credit-record",
        "bank-account-missing",
        "on-a-list",
        "household-cap",
        "loan-open",
        "term-out-of-bounds",
        "purpose-forbidden",
    ]
    assert all(reason.zh.endswith("。") and reason.en.endswith(".") and reason.clause for reason in found)


@pytest.mark.parametrize(
    ("name", "of_amount", "of_term", "shortest", "longest"),
    [
        pytest.param("miaoshan", "MS-1", "MS-1, SX-9", 6, 36, marks=pytest.mark.clause("MS-1(a)")),
        pytest.param("xx-district", "XX-1", "XX-1", 12, 36, marks=pytest.mark.clause("XX-1(b)")),
        pytest.param("dengzhou", "DZ-1", "DZ-1", 6, 36, marks=pytest.mark.clause("DZ-1(b)", "DZ-1(c)")),
        ("lingui", "LG-2", "LG-2", 12, 36),
        pytest.param("kelan", "SX-9", "SX-9", 12, 36, marks=pytest.mark.clause("SX-9")),
    ],
)
def test_amount_and_term_hold_to_the_yuan_and_to_the_month(
    name: str, of_amount: str, of_term: str, shortest: int, longest: int
) -> None:
    def found(amount: str, term_months: int) -> list[tuple[str, str]]:
        against_it = against(name, fit(name), amount=Decimal(amount), term_months=term_months)
        return [(reason.code, reason.clause) for reason in against_it]

    assert found("50000.00", longest) == found("50000.00", shortest) == found("1000.00", longest) == []
    assert ("amount-above-maximum", of_amount) in found("50000.01", longest)
    assert found("50000.00", longest + 1) == [("term-out-of-bounds", of_term)]
    assert [code for code, _ in found("50000.00", shortest - 1)] == ["term-out-of-bounds"]


@pytest.mark.parametrize(
    ("amount", "term_months", "codes"),
    [
        pytest.param("50000.00", 36, [], marks=pytest.mark.clause("LG-2(b)", "LG-2(c)")),
        pytest.param("50000.01", 36, ["amount-above-maximum", "household-cap"], marks=pytest.mark.clause("LG-2(b)")),
        pytest.param("50000.00", 37, ["term-out-of-bounds"], marks=pytest.mark.clause("LG-2(c)")),
    ],
)
def test_lingui_lends_registered_poor_households_50_000_for_36_months(
    amount: str, term_months: int, codes: list[str]
) -> None:
    assert codes_against("lingui", fit("lingui"), amount=Decimal(amount), term_months=term_months) == codes


@pytest.mark.clause("LG-2(a)")
@pytest.mark.parametrize(
    ("state", "may"), [("registered", True), ("lifted", True), ("stably_lifted", True), ("general", False)]
)
def test_lingui_lends_households_that_are_on_the_register_lifted_or_not(state: str, may: bool) -> None:
    assert (codes_against("lingui", fit("lingui", state=state)) == []) is may


@pytest.mark.clause("LG-2(h)", "LG-25b")
def test_a_loan_of_the_legacy_rule_counts_as_owed_and_the_words_say_that_it_runs_on() -> None:
    loan = OpenLoan(Decimal("80000.00"), date(2016, 3, 1), Decimal("80000.00"))
    facts = fit("lingui", loans=(loan,), owed=loan.owed, open_loans=1)
    [reason] = against("lingui", facts)
    assert (reason.code, reason.clause) == ("household-cap", "LG-25b")
    assert "80000.00 of it under the legacy rule, by which it runs to its end" in reason.en
    assert "其中80000.00元为旧政策贷款，按旧政策执行至到期" in reason.zh
    later = replace(loan, granted_on=date(2017, 1, 1))
    [other] = against("lingui", replace(facts, loans=(later,)))
    assert "legacy rule" not in other.en


@pytest.mark.clause("LG-25b")
@pytest.mark.parametrize(("owed", "codes"), [("30000.00", []), ("30000.01", ["household-cap"])])
def test_after_a_top_up_a_household_owes_at_most_50_000(owed: str, codes: list[str]) -> None:
    found = against("lingui", fit("lingui", owed=Decimal(owed), open_loans=1))
    assert [reason.code for reason in found] == codes
    assert all("at most 19999.99 is left" in reason.en for reason in found)


@pytest.mark.clause("SX-1(a)")
@pytest.mark.parametrize("state", ["registered", "lifted"])
def test_shanxi_lends_both_before_and_after_lifting(state: str) -> None:
    assert codes_against("kelan", fit("kelan", state=state)) == []


@pytest.mark.parametrize(
    ("borrower", "code"),
    [
        pytest.param("left", "borrower-not-member", marks=pytest.mark.clause("SX-1(c)")),
        pytest.param("unknown", "borrower-not-member", marks=pytest.mark.clause("SX-1(c)")),
        ("died", "borrower-died"),
    ],
)
@pytest.mark.parametrize("name", PACKS)
def test_who_borrows_is_a_living_member_of_the_household(name: str, borrower: str, code: str) -> None:
    [reason] = against(name, fit(name, borrower=borrower))
    assert (reason.code, reason.clause) == (code, "SX-1")


@pytest.mark.clause("DZ-1(a)")
@pytest.mark.parametrize(
    ("state", "may"),
    [("lifted", True), ("stably_lifted", True), ("monitored", True), ("marginal", True), ("registered", False)],
)
def test_dengzhou_lends_lifted_and_monitored_households(state: str, may: bool) -> None:
    assert (codes_against("dengzhou", fit("dengzhou", state=state)) == []) is may
    at_most: dict[str, Any] = {"amount": Decimal("50000.00"), "term_months": 36}
    assert (codes_against("dengzhou", fit("dengzhou", state=state), **at_most) == []) is may


@pytest.mark.clause("DZ-1(b)", "DZ-1(c)")
def test_dengzhou_lends_at_most_50_000_for_at_most_36_months() -> None:
    loan_request: dict[str, Any] = {"amount": Decimal("50000.01"), "term_months": 37}
    assert codes_against("dengzhou", fit("dengzhou"), **loan_request) == [
        "amount-above-maximum",
        "household-cap",
        "term-out-of-bounds",
    ]


@pytest.mark.clause("XX-1(a)")
@pytest.mark.parametrize(
    ("years", "days", "codes"),
    [
        (18, 0, []),
        (18, 1, ["age-below-minimum"]),
        (65, 0, []),
        (66, 1, []),
        (66, 0, ["age-above-maximum"]),
    ],
)
def test_the_district_lends_from_18_to_65_inclusive(years: int, days: int, codes: list[str]) -> None:
    born = years_before(day_of("xx-district"), years) + timedelta(days=days)
    found = against("xx-district", fit("xx-district", born_on=born))
    assert [reason.code for reason in found] == codes
    assert {reason.clause for reason in found} <= {"XX-1"}


@pytest.mark.clause("XX-1(c)")
@pytest.mark.parametrize(
    ("term_months", "codes"), [(11, ["term-out-of-bounds"]), (12, []), (36, []), (37, ["term-out-of-bounds"])]
)
def test_the_district_lends_for_12_to_36_months(term_months: int, codes: list[str]) -> None:
    assert codes_against("xx-district", fit("xx-district"), term_months=term_months) == codes


@pytest.mark.parametrize(
    ("years", "term_months", "codes"),
    [
        pytest.param(18, 24, [], marks=pytest.mark.clause("MS-2(b)")),
        pytest.param(17, 24, ["age-below-minimum"], marks=pytest.mark.clause("MS-2(b)")),
        pytest.param(58, 24, [], marks=pytest.mark.clause("MS-2(c)")),
        pytest.param(59, 12, [], marks=pytest.mark.clause("MS-2(c)")),
        pytest.param(59, 13, ["age-plus-term-above-maximum"], marks=pytest.mark.clause("MS-2(c)")),
        pytest.param(60, 6, ["age-plus-term-above-maximum"], marks=pytest.mark.clause("MS-2(c)")),
    ],
)
def test_miaoshan_wants_age_and_term_within_60(years: int, term_months: int, codes: list[str]) -> None:
    born = years_before(day_of("miaoshan"), years)
    assert codes_against("miaoshan", fit("miaoshan", born_on=born), term_months=term_months) == codes


@pytest.mark.clause("MS-2(c)")
def test_the_words_name_the_longest_term_that_still_fits() -> None:
    [reason] = against("miaoshan", fit("miaoshan", born_on=years_before(day_of("miaoshan"), 59)), term_months=24)
    assert "at most 12 months" in reason.en
    assert "期限最长可为12个月" in reason.zh


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"civil_capacity": "limited"}, "civil-capacity-not-full", marks=pytest.mark.clause("MS-2(b)")),
        pytest.param({"able_to_work": False}, "not-able-to-work", marks=pytest.mark.clause("MS-2(b)")),
        pytest.param({"credit_record": "bad_unresolved"}, "bad-credit-record", marks=pytest.mark.clause("MS-2(h)")),
        pytest.param(
            {"malicious": True, "credit_record": "bad_settled"},
            "malicious-default",
            marks=pytest.mark.clause("MS-2(h)"),
        ),
        pytest.param(
            {"has_account": False, "account_bank": None}, "bank-account-missing", marks=pytest.mark.clause("MS-2(g)")
        ),
        pytest.param({"account_bank": "PSBC"}, "bank-account-elsewhere", marks=pytest.mark.clause("MS-2(g)")),
        pytest.param({"family_debt_banks": ("RCB",)}, "family-debt", marks=pytest.mark.clause("MS-2(j)")),
        pytest.param({"village_code": "371322100001"}, "residence-outside-area", marks=pytest.mark.clause("MS-2(d)")),
    ],
)
def test_miaoshan_names_each_condition_that_is_not_met(change: dict[str, Any], code: str) -> None:
    [reason] = against("miaoshan", fit("miaoshan", **change), bank_code="RCB")
    assert (reason.code, reason.clause) == (code, "MS-2")


@pytest.mark.clause("MS-1(a)")
def test_miaoshans_credit_limits_reach_50_000_and_never_pass_it() -> None:
    scheme = PACKS["miaoshan"].rating_scheme()
    assert max(credit_limit_of(grade.code, scheme) for grade in scheme.grades) == Decimal("50000.00")
    higher = replace(scheme, grades=tuple(replace(each, credit_limit=Decimal("60000.00")) for each in scheme.grades))
    assert {credit_limit_of(grade.code, higher) for grade in higher.grades} == {Decimal("50000.00")}


@pytest.mark.clause("MS-2(a)")
def test_miaoshan_lends_households_of_the_register_only() -> None:
    assert codes_against("miaoshan", fit("miaoshan", state="registered")) == []
    [reason] = against("miaoshan", fit("miaoshan", state="general"))
    assert (reason.code, reason.clause) == ("state-not-eligible", "MS-2, SX-1")


@pytest.mark.clause("MS-2(d)")
def test_miaoshan_lends_where_the_household_is_registered_or_lives() -> None:
    elsewhere, here = "371322100001", "371322109001"
    assert codes_against("miaoshan", fit("miaoshan", village_code=elsewhere, residence_code=here)) == []
    assert codes_against("miaoshan", fit("miaoshan", village_code=here, residence_code=elsewhere)) == []


@pytest.mark.clause("MS-2(h)", "MS-2(j)")
def test_a_repaid_bad_record_and_a_debt_with_another_bank_do_not_bar() -> None:
    facts = fit("miaoshan", credit_record="bad_settled", family_debt_banks=("PSBC",))
    assert codes_against("miaoshan", facts, bank_code="RCB") == []
    assert codes_against("miaoshan", facts) == []  # the bank of the account stands for the one that lends
    assert codes_against("miaoshan", replace(facts, has_account=False, account_bank=None)) == [
        "family-debt",
        "bank-account-missing",
    ]


@pytest.mark.clause("FJ-6(a)")
def test_every_kind_that_applies_is_named() -> None:
    fengjie = RULES_BY_PACK["fengjie"]
    [four] = fengjie.eligibility.exclusions
    kinds = (four, replace(four, code="civil_servant", zh="财政供养人员", en="persons paid by the treasury"))
    rules = replace(fengjie, eligibility=replace(fengjie.eligibility, exclusions=kinds))
    facts = fit("fengjie", exclusions=frozenset({"civil_servant", "four_kinds", "unheard_of"}))
    [reason] = against("fengjie", facts, rules)
    assert "四类人员、财政供养人员" in reason.zh
    assert (reason.code, reason.clause) == ("excluded-kind", "FJ-6")


@pytest.mark.clause("LG-10(b)")
def test_a_bank_with_its_own_standard_lends_by_its_own_rating() -> None:
    rules = replace(RULES_BY_PACK["fengjie"], rating_banks=("PSBC",))
    facts = fit("fengjie", account_bank="PSBC")
    assert codes_against("fengjie", facts, rules, bank_code="PSBC") == ["not-rated"]
    assert facts.rating is not None
    by_bank = replace(facts, bank_rating=replace(facts.rating, credit_limit=Decimal("10000.00")))
    assert codes_against("fengjie", by_bank, rules, bank_code="PSBC") == ["amount-above-credit-limit"]
    assert codes_against("fengjie", replace(by_bank, account_bank="RCB"), rules, bank_code="RCB") == []


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (BadRecordRule.NONE_ALLOWED, ["malicious-default"]),
        (BadRecordRule.REPAID_AND_NOT_MALICIOUS_ALLOWED, ["malicious-default"]),
        (BadRecordRule.IGNORED, []),
    ],
)
def test_a_malicious_default_bars_where_bad_records_count(rule: BadRecordRule, codes: list[str]) -> None:
    fengjie = RULES_BY_PACK["fengjie"]
    rules = replace(fengjie, eligibility=replace(fengjie.eligibility, bad_record_rule=rule))
    assert codes_against("fengjie", fit("fengjie", malicious=True), rules) == codes


@pytest.mark.parametrize("reason", ["merged", "moved_out", "died_out", "error", None])
def test_a_household_off_the_register_borrows_no_more_from_that_day_on(reason: str | None) -> None:
    day = day_of("fengjie")
    [found] = against("fengjie", fit("fengjie", ended_on=day, end_reason=reason))
    assert found.code == "household-ended"
    assert codes_against("fengjie", fit("fengjie", ended_on=day + timedelta(days=1), end_reason=reason)) == []
