"""Every bound of the rules of borrowing on its very day, at its very cent, and who is not asked at all."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.registry.eligibility.rules import OpenLoan, RatingFacts
from services.registry.tests.borrowing import RULES_BY_PACK, years_before
from services.registry.tests.fit_households import against, codes_against, day_of, fit
from services.registry.tests.judgements import ASKS_NOTHING

DAY = day_of("fengjie")
_YEAR = timedelta(days=365)


@pytest.mark.clause("DZ-4")
def test_what_a_county_does_not_ask_for_is_not_held_against_a_household() -> None:
    facts = fit(
        "fengjie",
        birth_on=years_before(DAY, 90),
        civil_capacity="none",
        able_to_work=False,
        credit_record="bad_unresolved",
        malicious=True,
        family_debt_banks=("PSBC",),
        account_bank="RCB",
        lists=("blacklist",),
    )
    for rating in (None, RatingFacts("A", Decimal("0.00"), DAY + _YEAR, DAY + 2 * _YEAR)):
        found = codes_against("fengjie", replace(facts, rating=rating), ASKS_NOTHING, bank_code="PSBC")
        assert found == []
    expired = RatingFacts("A", Decimal("0.00"), DAY - _YEAR, DAY)
    assert codes_against("fengjie", replace(facts, rating=expired), ASKS_NOTHING, bank_code="PSBC") == []
    assert codes_against("fengjie", replace(facts, has_account=False, account_bank=None), ASKS_NOTHING) == []


@pytest.mark.clause("SX-5a", "FJ-10")
@pytest.mark.parametrize(
    ("begins", "ends", "codes"),
    [
        (DAY, DAY + _YEAR, ["amount-above-line"]),
        (DAY - _YEAR, DAY + timedelta(days=1), ["amount-above-line"]),
        (DAY - _YEAR, DAY, ["rating-expired"]),
        (DAY + timedelta(days=1), DAY + _YEAR, ["rating-not-yet-valid"]),
    ],
)
def test_a_line_binds_on_the_days_on_which_its_rating_holds(begins: date, ends: date, codes: list[str]) -> None:
    facts = fit("fengjie", rating=RatingFacts("C", Decimal("19999.99"), begins, ends))
    assert codes_against("fengjie", facts) == codes


@pytest.mark.parametrize(("change", "codes"), [("0.00", []), ("-0.01", ["amount-below-minimum"])])
def test_the_smallest_loan_may_be_had(change: str, codes: list[str]) -> None:
    smallest = RULES_BY_PACK["fengjie"].loan.amount_min
    assert codes_against("fengjie", fit("fengjie"), amount=smallest + Decimal(change)) == codes


@pytest.mark.clause("LG-2", "LG-25b")
@pytest.mark.parametrize(
    ("principal", "granted_on", "older"),
    [
        ("50000.00", date(2016, 12, 31), False),
        ("50000.01", date(2016, 12, 31), True),
        ("100000.00", date(2016, 12, 31), True),
        ("100000.01", date(2016, 12, 31), False),
        ("80000.00", date(2017, 1, 1), False),
    ],
)
def test_the_older_rule_holds_above_50_000_up_to_100_000_until_its_last_day(
    principal: str, granted_on: date, older: bool
) -> None:
    loan = OpenLoan(Decimal(principal), granted_on, Decimal("45000.00"))
    [reason] = against("lingui", fit("lingui", loans=(loan,), owed=loan.owed))
    assert reason.code == "household-cap"
    assert ("older rule" in reason.en) is older


@pytest.mark.clause("LG-25b")
@pytest.mark.parametrize(
    ("owed", "words"),
    [("49999.99", "at most 0.01 is left"), ("50000.00", "repay first"), ("80000.00", "repay first")],
)
def test_who_owes_the_cap_or_more_is_told_to_repay_first(owed: str, words: str) -> None:
    [reason] = against("lingui", fit("lingui", owed=Decimal(owed)))
    assert words in reason.en


@pytest.mark.parametrize(("term_months", "clause"), [(11, "of the shortest"), (37, "of the longest")])
def test_a_term_is_refused_by_the_clause_of_the_bound_it_breaks(term_months: int, clause: str) -> None:
    rules = RULES_BY_PACK["xx-district"]
    clauses = {**rules.clauses, "term_months_min": "of the shortest", "term_months_max": "of the longest"}
    [reason] = against("xx-district", fit("xx-district"), replace(rules, clauses=clauses), term_months=term_months)
    assert reason.clause == clause


@pytest.mark.clause("MS-2")
@pytest.mark.parametrize(("shortest", "words"), [(12, "at most 12 months"), (13, "another member may borrow")])
def test_a_shorter_term_is_advised_while_the_county_lends_for_it(shortest: int, words: str) -> None:
    miaoshan = RULES_BY_PACK["miaoshan"]
    rules = replace(miaoshan, loan=replace(miaoshan.loan, term_months_min=shortest))
    born = years_before(day_of("miaoshan"), 59)
    [reason] = against("miaoshan", fit("miaoshan", birth_on=born), rules, term_months=24)
    assert words in reason.en


@pytest.mark.clause("MS-2")
def test_the_bank_asked_lends_not_the_one_that_keeps_the_account() -> None:
    facts = fit("miaoshan", account_bank="RCB", family_debt_banks=("RCB",))
    assert codes_against("miaoshan", facts, bank_code="PSBC") == ["bank-account-elsewhere"]
    assert codes_against("miaoshan", facts, bank_code="RCB") == ["family-debt"]
