"""Every bound of the rules of borrowing on its very day, at its very cent, and who is not asked at all."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.eligibility.rules.judging import reasons
from services.registry.tests.borrowing import RULES_BY_PACK, years_before
from services.registry.tests.county import PACK
from services.registry.tests.fit_households import against, codes_against, day_of, fit
from services.registry.tests.rating_schemes import BANK, BANK_SCHEME, pack_text
from services.registry.tests.rule_sets import ASKS_NOTHING
from shared.policy.household_facts import EntityFacts, LoanRequest, OpenLoan, RatingFacts
from shared.policy.load import read_pack
from shared.policy.vocabulary import LoanMode

DAY = day_of("fengjie")
_YEAR = timedelta(days=365)


@pytest.mark.clause("DZ-4")
def test_what_a_county_does_not_ask_for_is_not_held_against_a_household() -> None:
    facts = fit(
        "fengjie",
        born_on=years_before(DAY, 90),
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


@pytest.mark.clause("FJ-10(c)")
@pytest.mark.parametrize(
    ("begins", "ends", "codes"),
    [
        pytest.param(DAY, DAY + _YEAR, ["amount-above-credit-limit"], marks=pytest.mark.clause("SX-5a(b)")),
        (DAY - _YEAR, DAY + timedelta(days=1), ["amount-above-credit-limit"]),
        pytest.param(DAY - _YEAR, DAY, ["rating-expired"], marks=pytest.mark.clause("SX-5a(b)")),
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


@pytest.mark.clause("LG-25b")
@pytest.mark.parametrize(
    ("principal", "granted_on", "legacy"),
    [
        ("50000.00", date(2016, 12, 31), False),
        pytest.param("50000.01", date(2016, 12, 31), True, marks=pytest.mark.clause("LG-2(h)")),
        pytest.param("100000.00", date(2016, 12, 31), True, marks=pytest.mark.clause("LG-2(h)")),
        ("100000.01", date(2016, 12, 31), False),
        ("80000.00", date(2017, 1, 1), False),
    ],
)
def test_the_legacy_rule_holds_above_50_000_up_to_100_000_until_its_last_day(
    principal: str, granted_on: date, legacy: bool
) -> None:
    loan = OpenLoan(Decimal(principal), granted_on, Decimal("45000.00"))
    [reason] = against("lingui", fit("lingui", loans=(loan,), owed=loan.owed))
    assert reason.code == "household-cap"
    assert ("legacy rule" in reason.en) is legacy


@pytest.mark.clause("LG-25b")
@pytest.mark.parametrize(
    ("owed", "words"),
    [("49999.99", "at most 0.01 is left"), ("50000.00", "repay first"), ("80000.00", "repay first")],
)
def test_who_owes_the_cap_or_more_must_repay_first(owed: str, words: str) -> None:
    [reason] = against("lingui", fit("lingui", owed=Decimal(owed)))
    assert words in reason.en


@pytest.mark.parametrize(("term_months", "clause"), [(11, "of the shortest"), (37, "of the longest")])
def test_a_term_is_refused_by_the_clause_of_the_bound_it_breaks(term_months: int, clause: str) -> None:
    rules = RULES_BY_PACK["xx-district"]
    clauses = {**rules.clauses, "term_months_min": "of the shortest", "term_months_max": "of the longest"}
    [reason] = against("xx-district", fit("xx-district"), replace(rules, clauses=clauses), term_months=term_months)
    assert reason.clause == clause


@pytest.mark.clause("MS-2(c)")
@pytest.mark.parametrize(("shortest", "words"), [(12, "at most 12 months"), (13, "another member may borrow")])
def test_a_shorter_term_is_advised_while_the_county_lends_for_it(shortest: int, words: str) -> None:
    miaoshan = RULES_BY_PACK["miaoshan"]
    rules = replace(miaoshan, loan=replace(miaoshan.loan, term_months_min=shortest))
    born = years_before(day_of("miaoshan"), 59)
    [reason] = against("miaoshan", fit("miaoshan", born_on=born), rules, term_months=24)
    assert words in reason.en


@pytest.mark.clause("MS-2(g)", "MS-2(j)")
def test_the_bank_asked_lends_not_the_one_that_keeps_the_account() -> None:
    facts = fit("miaoshan", account_bank="RCB", family_debt_banks=("RCB",))
    assert codes_against("miaoshan", facts, bank_code="PSBC") == ["bank-account-elsewhere"]
    assert codes_against("miaoshan", facts, bank_code="RCB") == ["family-debt"]


@pytest.mark.clause("LG-28(a)")
@pytest.mark.parametrize(("day", "banned"), [(date(2017, 12, 7), False), (date(2017, 12, 8), True)])
def test_a_contract_without_a_day_yet_is_granted_on_the_day_of_the_question(day: date, banned: bool) -> None:
    loan_request = LoanRequest(Decimal("20000.00"), 12, mode=LoanMode.ENTERPRISE_USE)
    found = [reason.code for reason in reasons(fit("lingui"), loan_request, RULES_BY_PACK["lingui"], day)]
    assert ("enterprise-use-banned" in found) is banned


@pytest.mark.clause("SX-4(h)")
@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"valid_until": None}, []),
        ({"amount_max": None, "amount": Decimal("9000000.00")}, []),
        ({"amount_max": None, "households": 30}, ["entity-full"]),
    ],
)
def test_a_capacity_without_an_end_or_a_limit_in_yuan_has_none(change: dict[str, Any], codes: list[str]) -> None:
    facts = fit("kelan")
    assert facts.entity is not None
    assert codes_against("kelan", replace(facts, entity=replace(facts.entity, **change)), mode="indirect") == codes


def test_a_county_that_asks_for_no_capacity_takes_an_entity_unassessed_or_full() -> None:
    met = frozenset(each.code for each in ASKS_NOTHING.entities.conditions)
    for entity in (EntityFacts(met), EntityFacts(met, assessed_on=DAY, households_max=1, households=1)):
        assert codes_against("fengjie", fit("fengjie", entity=entity), ASKS_NOTHING, mode="indirect") == []


def test_a_pack_of_one_township_under_a_countys_rule_reaches_the_county() -> None:
    header = PACK.header.model_copy(update={"regions": ("500236001", "500236117")})
    assert rules_of(PACK.model_copy(update={"header": header})).areas == ("500236",)


@pytest.mark.clause("LG-10(b)")
def test_the_packs_banks_with_a_standard_of_their_own_are_known() -> None:
    assert rules_of(read_pack(pack_text(bank_schemes=[BANK_SCHEME]), "with a bank")).rating_banks == (BANK,)
    assert RULES_BY_PACK["fengjie"].rating_banks == ()
