"""Which loans from before the platform run on, and under which earlier rule (LG-2, LG-28). Pure.

A loan above the older rule's lower bound belongs to that rule: its largest amount, its longest term, a guarantee, and
granted by its last day. A loan used by an enterprise was granted between the first day of the cooperative and entrusted
modes and the day of the ban. What is neither is no older loan and is applied for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from services.lending.applications.admission import Reason
from services.lending.loans import modes
from shared.policy.arrangements import OlderRule
from shared.policy.terms import EntityRules, LoanTerms
from shared.policy.vocabulary import LoanMode

ENTERPRISE_USE_FROM: Final = date(2016, 1, 1)  # LG-28 names both days of the cooperative and entrusted modes
OLDER_AMOUNT: Final = "older_amount"
OLDER_MODE: Final = "older_mode"


@dataclass(frozen=True, slots=True)
class OlderLoan:
    """A loan as its bank reports it."""

    principal: Decimal
    term_months: int
    granted_on: date
    taken_over_on: date
    mode: LoanMode
    guarantor: str | None = None


@dataclass(frozen=True, slots=True)
class OlderTerms:
    """The pack's current terms, its older rule if it knows one, and its rule of modes."""

    loan: LoanTerms
    older: OlderRule | None
    entities: EntityRules


def granted_under(loan: OlderLoan, terms: OlderTerms) -> str | None:
    """Return the earlier rule that a loan of this size and mode would keep, or None: it is no older loan."""
    if loan.principal > _lower_bound(terms):
        return OLDER_AMOUNT
    return OLDER_MODE if loan.mode is LoanMode.ENTERPRISE_USE else None


def _lower_bound(terms: OlderTerms) -> Decimal:
    return terms.loan.amount_max if terms.older is None else terms.older.amount_above


def _no_older_loan(loan: OlderLoan, terms: OlderTerms) -> Reason | None:
    if granted_under(loan, terms) is not None:
        return None
    bound = _lower_bound(terms)
    return Reason(
        "not-an-older-loan",
        "LG-2",
        f"金额{loan.principal}元不高于{bound}元且由本户自用,不属于旧政策贷款,请按现行程序申请。",
        f"A loan of {loan.principal}, not above {bound} and for the household's own use, needs no older rule; "
        "file an application for it.",
    )


def _no_older_rule(loan: OlderLoan, terms: OlderTerms) -> Reason | None:
    if granted_under(loan, terms) != OLDER_AMOUNT or terms.older is not None:
        return None
    return Reason(
        "older-rule-missing",
        "LG-2",
        f"本县政策包没有旧政策,{loan.principal}元超过最高贷款金额{terms.loan.amount_max}元,请核对金额或补充政策包。",
        f"The county's pack has no older rule, and {loan.principal} is above the largest loan of "
        f"{terms.loan.amount_max}; correct the amount or have the older rule added to the pack.",
    )


def _above_largest(loan: OlderLoan, terms: OlderTerms) -> Reason | None:
    if terms.older is None or loan.principal <= terms.older.amount_max:
        return None
    largest = terms.older.amount_max
    return Reason(
        "older-amount-above-maximum",
        "LG-2",
        f"旧政策贷款最高{largest}元,{loan.principal}元超出,请核对金额。",
        f"Under the older rule a loan had at most {largest}, not {loan.principal}; correct the amount.",
    )


def _too_long(loan: OlderLoan, terms: OlderTerms) -> Reason | None:
    older = terms.older if granted_under(loan, terms) == OLDER_AMOUNT else None
    longest = terms.loan.term_months_max if older is None else older.term_months_max
    if loan.term_months <= longest:
        return None
    return Reason(
        "older-term-too-long",
        "LG-2",
        f"贷款期限最长{longest}个月,{loan.term_months}个月超出,请核对期限。",
        f"Such a loan had at most {longest} months, not {loan.term_months}; correct the term.",
    )


def _granted_too_late(loan: OlderLoan, terms: OlderTerms) -> Reason | None:
    older = terms.older
    if older is None or granted_under(loan, terms) != OLDER_AMOUNT or loan.granted_on <= older.granted_until:
        return None
    return Reason(
        "granted-after-older-rule",
        "LG-2",
        f"旧政策贷款只发放到{older.granted_until},该笔发放于{loan.granted_on},请核对发放日。",
        f"Loans under the older rule were granted until {older.granted_until}, this one on {loan.granted_on}; "
        "correct the day, or let the household apply under the rule of today.",
    )


def _no_guarantor(loan: OlderLoan, terms: OlderTerms) -> Reason | None:
    older = terms.older
    if older is None or granted_under(loan, terms) != OLDER_AMOUNT:
        return None
    if not older.guarantee_required or loan.guarantor is not None:
        return None
    return Reason(
        "guarantor-missing",
        "LG-2",
        "旧政策贷款须有担保,请填写担保机构代码或担保合同号。",
        "A loan under the older rule was guaranteed; give the guarantee company's code or the guarantee's number.",
    )


def _enterprise_use_outside(loan: OlderLoan, terms: OlderTerms) -> Reason | None:
    if loan.mode is not LoanMode.ENTERPRISE_USE:
        return None
    last = terms.entities.enterprise_use_banned_after
    if loan.granted_on >= ENTERPRISE_USE_FROM and not modes.is_banned(loan.mode, terms.entities, loan.granted_on):
        return None
    return Reason(
        "enterprise-use-banned",
        "LG-28",
        f"合作、委托方式贷款只限{ENTERPRISE_USE_FROM}至{last}发放,该笔发放于{loan.granted_on},不得户贷企用。",
        f"Only loans granted from {ENTERPRISE_USE_FROM} to {last} run on in cooperative or entrusted mode, not one of "
        f"{loan.granted_on}; correct the day or the mode.",
    )


def _granted_after_take_over(loan: OlderLoan, terms: OlderTerms) -> Reason | None:
    if loan.granted_on <= loan.taken_over_on:
        return None
    return Reason(
        "granted-after-take-over",
        "LG-2",
        f"发放日{loan.granted_on}晚于登记日{loan.taken_over_on},请核对日期。",
        f"The loan was granted on {loan.granted_on}, after it is taken over on {loan.taken_over_on}; correct the day.",
    )


RULES: Final[tuple[Callable[[OlderLoan, OlderTerms], Reason | None], ...]] = (
    _no_older_loan,
    _no_older_rule,
    _above_largest,
    _too_long,
    _granted_too_late,
    _no_guarantor,
    _enterprise_use_outside,
    _granted_after_take_over,
)


def reasons_against(loan: OlderLoan, terms: OlderTerms) -> tuple[Reason, ...]:
    """Return every reason why a loan does not run on under an earlier rule; empty when it does (LG-2, LG-28)."""
    found = (rule(loan, terms) for rule in RULES)
    return tuple(reason for reason in found if reason is not None)
