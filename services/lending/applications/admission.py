"""Why lending itself may not take an application (DZ-4): the wish, what the household owes, the village. Pure.

Registry says whether the household may borrow at all; these reasons stand beside its reasons. All of them are given,
always in the order of this file.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from uuid import UUID

from shared.policy.terms import LoanTerms, PurposeRule


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against an application, in words (DZ-4)."""

    code: str
    clause: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a household asks for; `line` is the credit line registry found, if it has one."""

    household_id: UUID
    village_code: str
    amount: Decimal
    term_months: int
    industry: str
    purpose: str
    line: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the household already has here: applications under way, open loans, and both together in yuan."""

    open_applications: int = 0
    open_loans: int = 0
    owed: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Room:
    """What a village whose quota was cut may have outstanding and applied for, and what it has now (FJ-12)."""

    limit: Decimal
    used: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of the pack these rules need."""

    loan: LoanTerms
    purposes: PurposeRule


APPLICATION_OPEN: Final = Reason(
    "application-open",
    "SX-1",
    "该户已有一笔申请正在办理,请等待办结或先撤回。",
    "The household already has an application under way; wait for its end or withdraw it first.",
)

Rule = Callable[[Wish, Standing, Room | None, Terms], Reason | None]


def quota_limit(cuts: Mapping[UUID, tuple[Decimal, Decimal]]) -> Decimal:
    """Return what a village may have after its cuts, each `(amount when cut, share cut off)`: the lowest (FJ-12)."""
    return min((amount * (1 - share)).quantize(Decimal("0.01")) for amount, share in cuts.values())


def _below_smallest(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    smallest = terms.loan.amount_min
    if wish.amount >= smallest:
        return None
    return Reason(
        "amount-below-minimum",
        "LG-8",
        f"申请金额{wish.amount}元低于最低贷款金额{smallest}元,请按实际需要提高金额。",
        f"The amount {wish.amount} is below the smallest loan of {smallest}; apply for at least that.",
    )


def _above_largest(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    largest = terms.loan.amount_max
    if wish.amount <= largest:
        return None
    return Reason(
        "amount-above-maximum",
        "LG-2",
        f"申请金额{wish.amount}元超过单笔最高贷款金额{largest}元,请降低金额。",
        f"The amount {wish.amount} is above the largest loan of {largest}; apply for at most that.",
    )


def _above_line(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    if wish.line is None or wish.amount <= wish.line:
        return None
    return Reason(
        "amount-above-line",
        "FJ-10",
        f"申请金额{wish.amount}元超过授信额度{wish.line}元,请按额度申请。",
        f"The amount {wish.amount} is above the credit line of {wish.line}; apply for at most the line.",
    )


def _term_out_of_bounds(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    shortest, longest = terms.loan.term_months_min, terms.loan.term_months_max
    if shortest <= wish.term_months <= longest:
        return None
    return Reason(
        "term-out-of-bounds",
        "LG-2",
        f"申请期限{wish.term_months}个月不在{shortest}至{longest}个月之间,请调整期限。",
        f"The term of {wish.term_months} months is not between {shortest} and {longest} months; choose one that is.",
    )


def _unknown_industry(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    known = [industry.code for industry in terms.purposes.industries]
    if wish.industry in known:
        return None
    return Reason(
        "industry-unknown",
        "FJ-8",
        f"产业“{wish.industry}”不在本县产业目录中,请从目录中选择。",
        f"The industry '{wish.industry}' is not one the county reports; choose one of {', '.join(known)}.",
    )


def _purpose_not_allowed(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    allowed = [purpose.code for purpose in terms.purposes.allowed]
    if wish.purpose in allowed:
        return None
    forbidden = next((term for term in terms.purposes.forbidden if term.code == wish.purpose), None)
    if forbidden is not None:
        return Reason(
            "purpose-forbidden",
            "SX-3",
            f"贷款不得用于{forbidden.zh},请改为生产经营用途。",
            f"The loan may not be used for {forbidden.en}; apply for a productive use.",
        )
    return Reason(
        "purpose-unknown",
        "SX-3",
        f"用途“{wish.purpose}”不在本县允许用途中,请从目录中选择。",
        f"The purpose '{wish.purpose}' is not allowed in this county; choose one of {', '.join(allowed)}.",
    )


def _second_application(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    return APPLICATION_OPEN if standing.open_applications else None


def _second_loan(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    most = terms.loan.open_loans_max
    if standing.open_loans < most:
        return None
    return Reason(
        "loan-open",
        "LG-2",
        f"该户有{standing.open_loans}笔贷款未结清,最多允许{most}笔,请还清后再申请。",
        f"The household has {standing.open_loans} open loan(s) and may have {most}; repay before applying again.",
    )


def _above_household_cap(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    cap = terms.loan.household_cap
    if standing.owed + wish.amount <= cap:
        return None
    left = max(cap - standing.owed, Decimal("0.00"))
    return Reason(
        "household-cap",
        "LG-25b",
        f"该户贷款余额及在办金额{standing.owed}元,加本次{wish.amount}元超过每户上限{cap}元,还可申请{left}元。",
        f"The household owes or has applied for {standing.owed}; with {wish.amount} it would pass the cap of {cap}. "
        f"{left} is left.",
    )


def _village_quota(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> Reason | None:
    if room is None or room.used + wish.amount <= room.limit:
        return None
    left = max(room.limit - room.used, Decimal("0.00"))
    return Reason(
        "village-quota-cut",
        "FJ-12",
        f"因本村有恶意拖欠,全村贷款额度已压减至{room.limit}元,现已使用{room.used}元,还可申请{left}元。",
        f"Malicious non-payment cut the village's quota to {room.limit}, of which {room.used} is used; {left} is left.",
    )


RULES: Final[tuple[Rule, ...]] = (
    _below_smallest,
    _above_largest,
    _above_line,
    _term_out_of_bounds,
    _unknown_industry,
    _purpose_not_allowed,
    _second_application,
    _second_loan,
    _above_household_cap,
    _village_quota,
)


def reasons_against(wish: Wish, standing: Standing, room: Room | None, terms: Terms) -> tuple[Reason, ...]:
    """Return every reason why lending may not take this application; empty when it may (DZ-4)."""
    found = (rule(wish, standing, room, terms) for rule in RULES)
    return tuple(reason for reason in found if reason is not None)
