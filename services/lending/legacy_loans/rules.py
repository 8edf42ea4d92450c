"""Which loans from before the platform run on, and under which earlier rule (LG-2, LG-28). Pure.

A loan above the legacy rule's lower bound belongs to that rule: its largest amount, its longest term, a guarantee, and
granted by its last day. A loan used by an enterprise was granted between the first day of the cooperative and entrusted
modes and the day of the ban. What is neither is no legacy loan and is applied for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from services.lending.loans.rules import modes
from shared.policy.arrangements import LegacyRule
from shared.policy.terms import EntityRules, LoanTerms
from shared.policy.vocabulary import LoanMode
from shared.rules.reasons import Reason

ENTERPRISE_USE_FROM: Final = date(2016, 1, 1)  # LG-28 names both days of the cooperative and entrusted modes
LEGACY_AMOUNT: Final = "legacy_amount"
LEGACY_MODE: Final = "legacy_mode"


@dataclass(frozen=True, slots=True)
class LegacyLoan:
    """A loan as its bank reports it."""

    principal: Decimal
    term_months: int
    granted_on: date
    onboarded_on: date
    mode: LoanMode
    guarantor: str | None = None


@dataclass(frozen=True, slots=True)
class LegacyTerms:
    """The pack's current terms, its legacy rule if it knows one, and its rule of modes."""

    loan: LoanTerms
    legacy: LegacyRule | None
    entities: EntityRules


def granted_under(loan: LegacyLoan, terms: LegacyTerms) -> str | None:
    """Return the earlier rule that a loan of this size and mode would keep, or None: it is no legacy loan."""
    if loan.principal > _lower_bound(terms):
        return LEGACY_AMOUNT
    return LEGACY_MODE if loan.mode is LoanMode.ENTERPRISE_USE else None


def _lower_bound(terms: LegacyTerms) -> Decimal:
    return terms.loan.amount_max if terms.legacy is None else terms.legacy.amount_above


def _no_legacy_loan(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    if granted_under(loan, terms) is not None:
        return None
    bound = _lower_bound(terms)
    return Reason(
        "not-an-legacy-loan",
        "LG-2",
        f"金额{loan.principal}元不高于{bound}元且由本户自用，不属于旧政策贷款，请按现行程序申请。",
        f"A loan of {loan.principal}, not above {bound} and for the household's own use, needs no legacy rule; "
        "file an application for it.",
    )


def _no_legacy_rule(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    if granted_under(loan, terms) != LEGACY_AMOUNT or terms.legacy is not None:
        return None
    return Reason(
        "legacy-rule-missing",
        "LG-2",
        f"本县政策包没有旧政策，{loan.principal}元超过最高贷款金额{terms.loan.amount_max}元，请核对金额或补充政策包。",
        f"The county's pack has no legacy rule, and {loan.principal} is above the largest loan of "
        f"{terms.loan.amount_max}; correct the amount or have the legacy rule added to the pack.",
    )


def _above_largest(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    if terms.legacy is None or loan.principal <= terms.legacy.amount_max:
        return None
    largest = terms.legacy.amount_max
    return Reason(
        "legacy-amount-above-maximum",
        "LG-2",
        f"旧政策贷款最高{largest}元，{loan.principal}元超出，请核对金额。",
        f"Under the legacy rule a loan had at most {largest}, not {loan.principal}; correct the amount.",
    )


def _too_long(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    legacy = terms.legacy if granted_under(loan, terms) == LEGACY_AMOUNT else None
    longest = terms.loan.term_months_max if legacy is None else legacy.term_months_max
    if loan.term_months <= longest:
        return None
    return Reason(
        "legacy-term-too-long",
        "LG-2",
        f"贷款期限最长{longest}个月，{loan.term_months}个月超出，请核对期限。",
        f"Such a loan had at most {longest} months, not {loan.term_months}; correct the term.",
    )


def _granted_too_late(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    legacy = terms.legacy
    if legacy is None or granted_under(loan, terms) != LEGACY_AMOUNT or loan.granted_on <= legacy.granted_until:
        return None
    return Reason(
        "granted-after-legacy-rule",
        "LG-2",
        f"旧政策贷款只发放到{legacy.granted_until}，该笔发放于{loan.granted_on}，请核对发放日。",
        f"Loans under the legacy rule were granted until {legacy.granted_until}, this one on {loan.granted_on}; "
        "correct the day, or let the household apply under the rule of today.",
    )


def _no_guarantor(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    legacy = terms.legacy
    if legacy is None or granted_under(loan, terms) != LEGACY_AMOUNT:
        return None
    if not legacy.guarantee_required or loan.guarantor is not None:
        return None
    return Reason(
        "guarantor-missing",
        "LG-2",
        "旧政策贷款须有担保，请填写担保机构代码或担保合同号。",
        "A loan under the legacy rule was guaranteed; give the guarantee company's code or the guarantee's number.",
    )


def _enterprise_use_outside(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    if loan.mode is not LoanMode.ENTERPRISE_USE:
        return None
    last = terms.entities.enterprise_use_banned_after
    if loan.granted_on >= ENTERPRISE_USE_FROM and not modes.is_banned(loan.mode, terms.entities, loan.granted_on):
        return None
    return Reason(
        "enterprise-use-banned",
        "LG-28",
        f"合作、委托方式贷款只限{ENTERPRISE_USE_FROM}至{last}发放，该笔发放于{loan.granted_on}，不得户贷企用。",
        f"Only loans granted from {ENTERPRISE_USE_FROM} to {last} run on in cooperative or entrusted mode, not one of "
        f"{loan.granted_on}; correct the day or the mode.",
    )


def _granted_after_onboard(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    if loan.granted_on <= loan.onboarded_on:
        return None
    return Reason(
        "granted-after-onboard",
        "LG-2",
        f"发放日{loan.granted_on}晚于登记日{loan.onboarded_on}，请核对日期。",
        f"The loan was granted on {loan.granted_on}, after it is onboarded on {loan.onboarded_on}; correct the day.",
    )


RULES: Final[tuple[Callable[[LegacyLoan, LegacyTerms], Reason | None], ...]] = (
    _no_legacy_loan,
    _no_legacy_rule,
    _above_largest,
    _too_long,
    _granted_too_late,
    _no_guarantor,
    _enterprise_use_outside,
    _granted_after_onboard,
)


def reasons_against(loan: LegacyLoan, terms: LegacyTerms) -> tuple[Reason, ...]:
    """Return every reason why a loan does not run on under an earlier rule; empty when it does (LG-2, LG-28)."""
    found = (rule(loan, terms) for rule in RULES)
    return tuple(reason for reason in found if reason is not None)
