"""Which loans from before the platform run on, with the documents' exact bounds (LG-2, LG-28)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.legacy_loans.rules import LegacyLoan, LegacyTerms, granted_under, reasons_against
from services.lending.tests.applications.conftest import PACKS
from shared.policy.arrangements import LegacyRule
from shared.policy.load import load_pack
from shared.policy.vocabulary import LoanMode

PACK = load_pack(PACKS / "lingui.yaml")
TERMS = LegacyTerms(PACK.loan_terms(), PACK.legacy_loan_rules(), PACK.entity_rules())
RIGHT = LegacyLoan(Decimal("80000.00"), 36, date(2016, 6, 1), date(2017, 3, 1), LoanMode.DIRECT, "GC-2016-1")
ENTERPRISE: dict[str, Any] = {"principal": Decimal("50000.00"), "mode": LoanMode.ENTERPRISE_USE, "guarantor": None}


def codes(terms: LegacyTerms = TERMS, **changed: Any) -> list[str]:
    """Return the codes of all reasons against a right loan with changes."""
    return [reason.code for reason in reasons_against(replace(RIGHT, **changed), terms)]


@pytest.mark.clause("LG-2(h)")
@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, []),
        ({"principal": Decimal("50000.01")}, []),
        ({"principal": Decimal("50000.00")}, ["not-an-legacy-loan"]),
        ({"principal": Decimal("100000.00")}, []),
        ({"principal": Decimal("100000.01")}, ["legacy-amount-above-maximum"]),
        ({"term_months": 36}, []),
        ({"term_months": 37}, ["legacy-term-too-long"]),
        ({"guarantor": None}, ["guarantor-missing"]),
        ({"granted_on": date(2016, 12, 31)}, []),
        ({"granted_on": date(2017, 1, 1)}, ["granted-after-legacy-rule"]),
        (
            {"granted_on": date(2017, 3, 2), "term_months": 60, "guarantor": None},
            ["legacy-term-too-long", "granted-after-legacy-rule", "guarantor-missing", "granted-after-onboard"],
        ),
    ],
)
def test_the_legacy_rule_of_larger_guaranteed_loans(changed: dict[str, Any], expected: list[str]) -> None:
    assert codes(**changed) == expected


@pytest.mark.clause("LG-28(b)")
@pytest.mark.parametrize(
    ("granted_on", "expected"),
    [
        (date(2015, 12, 31), ["enterprise-use-banned"]),
        (date(2016, 1, 1), []),
        (date(2017, 12, 7), []),
        (date(2017, 12, 8), ["enterprise-use-banned"]),
    ],
)
@pytest.mark.parametrize("legacy", [TERMS.legacy, ()], ids=["the county names the rule", "no rule named"])
def test_cooperative_and_entrusted_loans_run_on_when_granted_between_the_two_days(
    legacy: tuple[LegacyRule, ...], granted_on: date, expected: list[str]
) -> None:
    terms = replace(TERMS, legacy=legacy)
    assert codes(terms, **ENTERPRISE, granted_on=granted_on, onboarded_on=date(2018, 1, 1)) == expected


def test_which_rule_a_loan_keeps() -> None:
    assert granted_under(RIGHT, TERMS) == "legacy_amount"
    assert granted_under(replace(RIGHT, mode=LoanMode.ENTERPRISE_USE), TERMS) == "legacy_amount"
    assert granted_under(replace(RIGHT, **ENTERPRISE), TERMS) == "legacy_mode"
    assert granted_under(replace(RIGHT, principal=Decimal("50000.00")), TERMS) is None


def test_a_county_without_legacy_rule_takes_only_legacy_modes() -> None:
    pack = load_pack(PACKS / "fengjie.yaml")
    terms = LegacyTerms(pack.loan_terms(), pack.legacy_loan_rules(), pack.entity_rules())
    assert codes(terms) == ["legacy-rule-missing"]
    assert codes(terms, **ENTERPRISE) == []
    assert codes(terms, **ENTERPRISE, term_months=37) == ["legacy-term-too-long"]


@given(
    st.decimals("0.01", "200000.00", places=2),
    st.integers(1, 120),
    st.dates(date(2014, 1, 1), date(2019, 1, 1)),
    st.sampled_from(LoanMode),
    st.sampled_from([None, "GC-1"]),
)
def test_what_is_onboarded_lies_within_one_of_the_two_rules(
    principal: Decimal, term_months: int, granted_on: date, mode: LoanMode, guarantor: str | None
) -> None:
    loan = LegacyLoan(principal, term_months, granted_on, date(2019, 1, 1), mode, guarantor)
    if reasons_against(loan, TERMS):
        return
    assert term_months <= 36
    if granted_under(loan, TERMS) == "legacy_amount":
        assert Decimal("50000.00") < principal <= Decimal("100000.00")
        assert granted_on <= date(2016, 12, 31)
        assert guarantor is not None
    else:
        assert mode is LoanMode.ENTERPRISE_USE
    if mode is LoanMode.ENTERPRISE_USE:
        assert date(2016, 1, 1) <= granted_on <= date(2017, 12, 7)
