"""Which loans from before the platform run on, and under which earlier rule (LG-2, LG-28). Pure.

A county enters its earlier rules with its pack, each with its days and bounds; a loan is judged by the rule of its own
day. A rule for larger amounts goes before one for ways of using a loan, and that before one for any loan of its days.
Where no rule says which loans an enterprise may use, those run on that were granted between the first day of the
cooperative and entrusted modes and the day of the ban. What is under none is no legacy loan and is applied for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from shared.policy.arrangements import LegacyRule
from shared.policy.terms import EntityRules, LoanTerms, Term, YearlyDay
from shared.policy.vocabulary import LoanMode
from shared.rules.reasons import Reason

ENTERPRISE_USE_FROM: Final = date(2016, 1, 1)  # LG-28 names both days of the cooperative and entrusted modes
LEGACY_AMOUNT: Final = "legacy_amount"
LEGACY_MODE: Final = "legacy_mode"
LEGACY_DAY: Final = "legacy_day"
_USED_BY_ENTERPRISE: Final = Term("enterprise_use", "户贷企用贷款", "loans that an enterprise uses")


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
    """The pack's current terms, the earlier rules it knows, and its rule of modes."""

    loan: LoanTerms
    legacy: tuple[LegacyRule, ...]
    entities: EntityRules

    @property
    def rules(self) -> tuple[LegacyRule, ...]:
        """Return the earlier rules, with that of loans an enterprise uses where the pack names none (LG-28)."""
        if any(rule.modes and LoanMode.ENTERPRISE_USE in rule.modes for rule in self.legacy):
            return self.legacy
        return (*self.legacy, self._of_enterprise_use())

    @property
    def lower_bound(self) -> Decimal:
        """Return the amount above which no loan is one of today."""
        bounds = [rule.amount_above for rule in self.legacy if rule.amount_above is not None]
        return min(bounds, default=self.loan.amount_max)

    def _of_enterprise_use(self) -> LegacyRule:
        return LegacyRule(
            amount_above=None,
            amount_max=max(self.lower_bound, self.loan.amount_max),
            term_months_max=self.loan.term_months_max,
            guarantee_required=False,
            granted_until=self.entities.enterprise_use_banned_after or date.max,
            subsidy_share=None,
            granted_from=ENTERPRISE_USE_FROM,
            modes=(LoanMode.ENTERPRISE_USE,),
            named=_USED_BY_ENTERPRISE,
        )


def rule_of(loan: LegacyLoan, terms: LegacyTerms) -> LegacyRule | None:
    """Return the earlier rule of the loan's own day, else one of its kind from other days, else None (LG-2, LG-28)."""
    of_kind = [rule for rule in terms.rules if rule.is_of_kind(loan.principal, loan.mode)]
    closest = max((_closeness(rule) for rule in of_kind), default=0)
    found = [rule for rule in of_kind if _closeness(rule) == closest]
    on_the_day = next((rule for rule in found if rule.held_on(loan.granted_on)), None)
    return on_the_day or (found[-1] if found else None)


def _closeness(rule: LegacyRule) -> int:
    """Return how closely a rule says which loans are its own: by amount, by the way of using them, by their days."""
    return 2 if rule.amount_above is not None else 1 if rule.modes is not None else 0


def terms_of(county: LoanTerms, own: Mapping[str, Any]) -> LoanTerms:
    """Return the terms a loan runs on under: those of its contract where it has its own, else the county's (LG-2).

    It keeps the rate that the bank stated for it.
    """
    kept = dict(own)
    if "settlement_day" in kept:
        kept["settlement_day"] = YearlyDay(**kept["settlement_day"])
    return replace(county, **kept, repricing=None)


def granted_under(loan: LegacyLoan, terms: LegacyTerms) -> str | None:
    """Return the kind of the earlier rule that a loan would keep, or None: it is no legacy loan."""
    rule = rule_of(loan, terms)
    return None if rule is None else (LEGACY_DAY, LEGACY_MODE, LEGACY_AMOUNT)[_closeness(rule)]


def _no_legacy_loan(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    bound = terms.lower_bound
    if rule_of(loan, terms) is not None or loan.principal > bound:
        return None
    return Reason(
        "not-an-legacy-loan",
        "LG-2",
        f"金额{loan.principal}元不高于{bound}元且由本户自用，不属于旧政策贷款，请按现行程序申请。",
        f"A loan of {loan.principal}, not above {bound} and for the household's own use, needs no legacy rule; "
        "file an application for it.",
    )


def _no_legacy_rule(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    rule = rule_of(loan, terms)
    if loan.principal <= terms.lower_bound or (rule is not None and rule.amount_max >= loan.principal):
        return None
    if any(each.amount_above is not None for each in terms.legacy):
        return None
    return Reason(
        "legacy-rule-missing",
        "LG-2",
        f"本县政策包没有旧政策，{loan.principal}元超过最高贷款金额{terms.loan.amount_max}元，请核对金额或补充政策包。",
        f"The county's pack has no legacy rule, and {loan.principal} is above the largest loan of "
        f"{terms.loan.amount_max}; correct the amount or have the legacy rule added to the pack.",
    )


def _above_largest(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    rule = rule_of(loan, terms)
    if rule is None or loan.principal <= rule.amount_max or _no_legacy_rule(loan, terms) is not None:
        return None
    largest = rule.amount_max
    return Reason(
        "legacy-amount-above-maximum",
        "LG-2",
        f"旧政策贷款最高{largest}元，{loan.principal}元超出，请核对金额。",
        f"Under the legacy rule a loan had at most {largest}, not {loan.principal}; correct the amount.",
    )


def _too_long(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    rule = rule_of(loan, terms)
    longest = terms.loan.term_months_max if rule is None else rule.term_months_max
    if loan.term_months <= longest:
        return None
    return Reason(
        "legacy-term-too-long",
        "LG-2",
        f"贷款期限最长{longest}个月，{loan.term_months}个月超出，请核对期限。",
        f"Such a loan had at most {longest} months, not {loan.term_months}; correct the term.",
    )


def _granted_on_another_day(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    rule = rule_of(loan, terms)
    if rule is None or rule.modes is not None or rule.held_on(loan.granted_on):
        return None
    first, last = rule.granted_from, rule.granted_until
    zh_first, en_first = (f"{first}至", f"from {first} ") if first else ("到", "")
    return Reason(
        "granted-after-legacy-rule" if loan.granted_on > last else "granted-before-legacy-rule",
        "LG-2",
        f"旧政策贷款只发放{zh_first}{last}，该笔发放于{loan.granted_on}，请核对发放日。",
        f"Loans under the legacy rule were granted {en_first}until {last}, this one on {loan.granted_on}; "
        "correct the day, or let the household apply under the rule of today.",
    )


def _no_guarantor(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    rule = rule_of(loan, terms)
    if rule is None or not rule.guarantee_required or loan.guarantor is not None:
        return None
    return Reason(
        "guarantor-missing",
        "LG-2",
        "旧政策贷款须有担保，请填写担保机构代码或担保合同号。",
        "A loan under the legacy rule was guaranteed; give the guarantee company's code or the guarantee's number.",
    )


def _mode_outside_its_days(loan: LegacyLoan, terms: LegacyTerms) -> Reason | None:
    of_mode = [rule for rule in terms.rules if rule.modes is not None and loan.mode in rule.modes]
    if not of_mode or any(rule.held_on(loan.granted_on) for rule in of_mode):
        return None
    first, last = of_mode[-1].granted_from, of_mode[-1].granted_until
    return Reason(
        "enterprise-use-banned",
        "LG-28",
        f"合作、委托方式贷款只限{first or '最初'}至{last}发放，该笔发放于{loan.granted_on}，不得户贷企用。",
        f"Only loans granted from {first or 'the first'} to {last} run on in cooperative or entrusted mode, not one of "
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
    _granted_on_another_day,
    _no_guarantor,
    _mode_outside_its_days,
    _granted_after_onboard,
)


def reasons_against(loan: LegacyLoan, terms: LegacyTerms) -> tuple[Reason, ...]:
    """Return every reason why a loan does not run on under an earlier rule; empty when it does (LG-2, LG-28)."""
    found = (rule(loan, terms) for rule in RULES)
    return tuple(reason for reason in found if reason is not None)
