"""Why lending itself may not take an application (DZ-4): the loan request, what the household owes, the village. Pure.

Registry says whether the household may borrow at all; these reasons stand beside its reasons. All of them are given,
always in the order of this file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.lending.loans.rules import modes
from shared.policy.terms import EntityRules, LoanTerms, PurposeRule
from shared.policy.vocabulary import LenderKind, LoanMode
from shared.rules.reasons import Reason


@dataclass(frozen=True, slots=True)
class LoanRequest:
    """What a household asks for; `credit_limit` is the credit limit registry found, if it has one.

    `branch_known` is false when the loan request names a branch that its bank does not have open in the county.
    """

    household_id: UUID
    village_code: str
    amount: Decimal
    term_months: int
    industry: str
    purpose: str
    credit_limit: Decimal | None = None
    filed_on: date = date.min
    mode: LoanMode = LoanMode.DIRECT
    entity_id: UUID | None = None
    lender_kind: LenderKind | None = None  # None: not asked
    branch_known: bool = True


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the household already has here: applications under way, open loans, and both together in yuan."""

    open_applications: int = 0
    open_loans: int = 0
    owed: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class QuotaHeadroom:
    """What a village whose quota was cut may have outstanding and applied for, and what it has now (FJ-12)."""

    limit: Decimal
    used: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the pack these rules need; `clauses` names the origin of its values by their names."""

    loan: LoanTerms
    purposes: PurposeRule
    entities: EntityRules
    clauses: Mapping[str, str] = field(default_factory=dict)

    def clause(self, value: str, otherwise: str) -> str:
        """Return the clause that sets a value of the pack, or the one that asks for it everywhere."""
        return self.clauses.get(value) or otherwise


APPLICATION_OPEN: Final = Reason(
    "application-open",
    "SX-1",
    "该户已有一笔申请正在办理,请等待办结或先撤回。",
    "The household already has an application under way; wait for its end or withdraw it first.",
)

MODE_ZH: Final[Mapping[LoanMode, str]] = {
    LoanMode.DIRECT: "户贷户用",
    LoanMode.INDIRECT: "通过实施主体带动",
    LoanMode.ENTERPRISE_USE: "户贷企用",
}
LENDER_ZH: Final[Mapping[LenderKind, str]] = {
    LenderKind.STATE_OWNED: "国有商业银行",
    LenderKind.JOINT_STOCK: "股份制商业银行",
    LenderKind.POSTAL_SAVINGS: "邮政储蓄银行",
    LenderKind.RURAL_CREDIT_COOPERATIVE: "农村信用社",
    LenderKind.CITY_COMMERCIAL: "城市商业银行",
    LenderKind.RURAL_COMMERCIAL: "农村商业银行",
    LenderKind.RURAL_COOPERATIVE: "农村合作银行",
    LenderKind.VILLAGE: "村镇银行",
}

Rule = Callable[[LoanRequest, Exposure, QuotaHeadroom | None, Terms], Reason | None]


def _below_smallest(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    smallest = terms.loan.amount_min
    if loan_request.amount >= smallest:
        return None
    return Reason(
        "amount-below-minimum",
        terms.clause("amount_min", "LG-8"),
        f"申请金额{loan_request.amount}元低于最低贷款金额{smallest}元,请按实际需要提高金额。",
        f"The amount {loan_request.amount} is below the smallest loan of {smallest}; apply for at least that.",
    )


def _above_largest(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    largest = terms.loan.amount_max
    if loan_request.amount <= largest:
        return None
    return Reason(
        "amount-above-maximum",
        terms.clause("amount_max", "LG-2"),
        f"申请金额{loan_request.amount}元超过单笔最高贷款金额{largest}元,请降低金额。",
        f"The amount {loan_request.amount} is above the largest loan of {largest}; apply for at most that.",
    )


def _above_credit_limit(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    if loan_request.credit_limit is None or loan_request.amount <= loan_request.credit_limit:
        return None
    return Reason(
        "amount-above-credit-limit",
        "FJ-10",
        f"申请金额{loan_request.amount}元超过授信额度{loan_request.credit_limit}元,请按额度申请。",
        f"The amount {loan_request.amount} is above the credit limit of {loan_request.credit_limit}; apply for at "
        f"most the credit limit.",
    )


def _term_out_of_bounds(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    shortest, longest = terms.loan.term_months_min, terms.loan.term_months_max
    if shortest <= loan_request.term_months <= longest:
        return None
    return Reason(
        "term-out-of-bounds",
        terms.clause("term_months_max" if loan_request.term_months > longest else "term_months_min", "LG-2"),
        f"申请期限{loan_request.term_months}个月不在{shortest}至{longest}个月之间,请调整期限。",
        f"The term of {loan_request.term_months} months is not between {shortest} and {longest} months; choose "
        f"one that is.",
    )


def _unknown_industry(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    known = [industry.code for industry in terms.purposes.industries]
    if loan_request.industry in known:
        return None
    return Reason(
        "industry-unknown",
        terms.clause("industries", "FJ-8"),
        f"产业“{loan_request.industry}”不在本县产业目录中,请从目录中选择。",
        f"The industry '{loan_request.industry}' is not one the county reports; choose one of {', '.join(known)}.",
    )


def _purpose_not_allowed(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    allowed = [purpose.code for purpose in terms.purposes.allowed]
    if loan_request.purpose in allowed:
        return None
    forbidden = next((term for term in terms.purposes.forbidden if term.code == loan_request.purpose), None)
    if forbidden is not None:
        return Reason(
            "purpose-forbidden",
            terms.clause("forbidden", "SX-3"),
            f"贷款不得用于{forbidden.zh},请改为生产经营用途。",
            f"The loan may not be used for {forbidden.en}; apply for a productive use.",
        )
    return Reason(
        "purpose-unknown",
        terms.clause("allowed", "SX-3"),
        f"用途“{loan_request.purpose}”不在本县允许用途中,请从目录中选择。",
        f"The purpose '{loan_request.purpose}' is not allowed in this county; choose one of {', '.join(allowed)}.",
    )


def _mode_not_offered(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    if modes.is_offered(loan_request.mode, terms.entities):
        return None
    offered = terms.entities.modes
    return Reason(
        "mode-not-offered",
        terms.clause("modes", "SX-4"),
        f"本县不开展“{MODE_ZH[loan_request.mode]}”,可选:{'、'.join(MODE_ZH[mode] for mode in offered)}。",
        f"The county does not offer the mode {loan_request.mode}; choose one of {', '.join(offered)}.",
    )


def _enterprise_use_banned(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    if not modes.is_banned(loan_request.mode, terms.entities, loan_request.filed_on):
        return None
    last = terms.entities.enterprise_use_banned_after
    return Reason(
        "enterprise-use-banned",
        "LG-28",
        f"{last}之后发放的贷款不得户贷企用(入股、转贷、指标交换),请由本户自用。",
        f"A loan granted after {last} may not be used by an enterprise through equity, on-lending or quota exchange; "
        "let the household use it itself.",
    )


def _entity_missing(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    if loan_request.mode != LoanMode.INDIRECT or loan_request.entity_id is not None:
        return None
    return Reason(
        "entity-missing",
        "SX-4",
        "通过实施主体带动的贷款须注明实施主体,请填写与本户签订帮扶协议的主体。",
        "An indirect loan names its implementing entity; give the one the household has its help agreement with.",
    )


def _lender_kind(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    admitted = terms.loan.lender_kinds
    if loan_request.lender_kind is None or loan_request.lender_kind in admitted:
        return None
    return Reason(
        "lender-kind-not-admitted",
        terms.clause("lender_kinds", "SX-2"),
        f"{LENDER_ZH[loan_request.lender_kind]}不是本县扶贫小额信贷的贷款机构,可选:"
        f"{'、'.join(LENDER_ZH[LenderKind(kind)] for kind in admitted)}。",
        f"The county admits no bank of the kind {loan_request.lender_kind}; apply to one of {', '.join(admitted)}.",
    )


def _branch_unknown(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    if loan_request.branch_known:
        return None
    return Reason(
        "branch-not-of-bank",
        "SX-2",
        "所选网点不是该行在本县营业的网点,请另选,或不填由系统取最近网点。",
        "The branch is not one the bank has open in this county; choose another, or leave it out for the nearest one.",
    )


def _second_application(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    return APPLICATION_OPEN if exposure.open_applications else None


def _second_loan(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    most = terms.loan.open_loans_max
    if exposure.open_loans < most:
        return None
    return Reason(
        "loan-open",
        terms.clause("open_loans_max", "LG-2"),
        f"该户有{exposure.open_loans}笔贷款未结清,最多允许{most}笔,请还清后再申请。",
        f"The household has {exposure.open_loans} open loan(s) and may have {most}; repay before applying again.",
    )


def _above_household_cap(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    cap = terms.loan.household_cap
    if exposure.owed + loan_request.amount <= cap:
        return None
    left = max(cap - exposure.owed, Decimal("0.00"))
    return Reason(
        "household-cap",
        terms.clause("household_cap", "LG-25b"),
        f"该户贷款余额及在办金额{exposure.owed}元,加本次{loan_request.amount}元超过每户上限{cap}元,还可申请{left}元。",
        f"The household owes or has applied for {exposure.owed}; with {loan_request.amount} it would pass the cap "
        f"of {cap}. "
        f"{left} is left.",
    )


def _village_quota(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> Reason | None:
    if headroom is None or headroom.used + loan_request.amount <= headroom.limit:
        return None
    left = max(headroom.limit - headroom.used, Decimal("0.00"))
    return Reason(
        "village-quota-cut",
        "FJ-12",
        f"因本村有恶意拖欠,全村贷款额度已压减至{headroom.limit}元,现已使用{headroom.used}元,还可申请{left}元。",
        f"Malicious non-payment cut the village's quota to {headroom.limit}, of which {headroom.used} is used; "
        f"{left} is left.",
    )


RULES: Final[tuple[Rule, ...]] = (
    _below_smallest,
    _above_largest,
    _above_credit_limit,
    _term_out_of_bounds,
    _unknown_industry,
    _purpose_not_allowed,
    _mode_not_offered,
    _enterprise_use_banned,
    _entity_missing,
    _lender_kind,
    _branch_unknown,
    _second_application,
    _second_loan,
    _above_household_cap,
    _village_quota,
)


def reasons_against(
    loan_request: LoanRequest, exposure: Exposure, headroom: QuotaHeadroom | None, terms: Terms
) -> tuple[Reason, ...]:
    """Return every reason why lending may not take this application; empty when it may (DZ-4)."""
    found = (rule(loan_request, exposure, headroom, terms) for rule in RULES)
    return tuple(reason for reason in found if reason is not None)
