"""May this household borrow? One rule set that gives every reason against it, in one written order (DZ-4). Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from shared.policy.terms import EligibilityRules, LoanTerms
from shared.policy.vocabulary import BadRecordRule, PovertyState

_STATE_ZH: Final[Mapping[str, str]] = {
    PovertyState.REGISTERED: "建档立卡",
    PovertyState.LIFTED: "已脱贫",
    PovertyState.STABLY_LIFTED: "稳定脱贫",
    PovertyState.MONITORED: "监测户",
    PovertyState.MARGINAL: "边缘户",
    PovertyState.GENERAL: "一般户",
}
_LIST_ZH: Final[Mapping[str, str]] = {"dishonesty": "失信名单", "blacklist": "黑名单"}
_CAPACITY_ZH: Final[Mapping[str, str]] = {"full": "完全", "limited": "限制", "none": "无"}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason against a loan, in words, with the clause it rests on."""

    code: str
    zh: str
    en: str
    clause: str


@dataclass(frozen=True, slots=True)
class RatingFacts:
    """The household's latest rating."""

    grade: str
    line: Decimal
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """What is known about a household on the day of the question."""

    state: str | None  # None: not on the register yet on that day
    birth_on: date
    civil_capacity: str
    able_to_work: bool
    exclusions: frozenset[str]  # codes of the kinds of excluded persons that apply
    credit_record: str
    has_account: bool
    lists: tuple[str, ...]
    rating: RatingFacts | None
    open_loans: int
    owed: Decimal


@dataclass(frozen=True, slots=True)
class LoanWish:
    """What the household asks for; purpose and industry only where they are known already."""

    amount: Decimal
    term_months: int
    industry: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class BorrowingRules:
    """The county's rules of this question; `clauses` names the origin of each value by its name in the pack."""

    eligibility: EligibilityRules
    loan: LoanTerms
    clauses: Mapping[str, str]


def age_on(birth_on: date, day: date) -> int:
    """Return the age in whole years on a day."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


def reasons(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> tuple[Reason, ...]:
    """Return every reason why the household may not have this loan; empty when it may (DZ-4, MS-2, XX-1)."""
    found = (rule(facts, wish, rules, as_of) for rule in RULES)
    return tuple(reason for reason in found if reason is not None)


def _state(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    allowed = rules.eligibility.eligible_states
    if facts.state in allowed:
        return None
    zh, en = (_STATE_ZH[facts.state], facts.state) if facts.state else ("尚未登记", "not registered yet")
    return Reason(
        "state-not-eligible",
        f"该户为“{zh}”,可贷户类型为:{'、'.join(_STATE_ZH[state] for state in allowed)}。",
        f"The household is {en} on {as_of}; those who may borrow are {', '.join(allowed)}.",
        rules.clauses["eligible_states"],
    )


def _too_young(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    age, youngest = age_on(facts.birth_on, as_of), rules.eligibility.age_min_years
    if age >= youngest:
        return None
    return Reason(
        "age-below-minimum",
        f"户主{age}岁,低于最低年龄{youngest}岁。",
        f"The head of household is {age}, below the youngest age of {youngest}.",
        rules.clauses["age_min_years"],
    )


def _too_old(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    age, oldest = age_on(facts.birth_on, as_of), rules.eligibility.age_max_years
    if oldest is None or age <= oldest:
        return None
    return Reason(
        "age-above-maximum",
        f"户主{age}岁,超过最高年龄{oldest}岁。",
        f"The head of household is {age}, above the oldest age of {oldest}.",
        rules.clauses["age_max_years"],
    )


def _age_plus_term(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    most = rules.eligibility.age_plus_term_max_years
    if most is None:
        return None
    age = age_on(facts.birth_on, as_of)
    # Whole months of age plus the term, so that a term of 18 months counts as one and a half years.
    months = age * 12 + wish.term_months
    if months <= most * 12:
        return None
    return Reason(
        "age-plus-term-above-maximum",
        f"户主{age}岁加贷款期限{wish.term_months}个月超过{most}年。",
        f"The head's age of {age} plus the term of {wish.term_months} months passes {most} years; "
        "choose a shorter term if that fits.",
        rules.clauses["age_plus_term_max_years"],
    )


def _civil_capacity(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    if not rules.eligibility.full_capacity_required or facts.civil_capacity == "full":
        return None
    return Reason(
        "civil-capacity-not-full",
        f"户主为{_CAPACITY_ZH[facts.civil_capacity]}民事行为能力,须具有完全民事行为能力。",
        f"The head's civil capacity is {facts.civil_capacity}; it must be full.",
        rules.clauses["full_capacity_required"],
    )


def _able_to_work(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    if not rules.eligibility.able_to_work_required or facts.able_to_work:
        return None
    return Reason(
        "not-able-to-work",
        "户主无劳动或经营能力。",
        "The head of household is neither able to work nor to run a business.",
        rules.clauses["able_to_work_required"],
    )


def _excluded_kind(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    kinds = [kind for kind in rules.eligibility.exclusions if kind.code in facts.exclusions]
    if not kinds:
        return None
    return Reason(
        "excluded-kind",
        f"属于{'、'.join(kind.zh for kind in kinds)},不符合贷款条件。",
        f"The household is among those excluded: {', '.join(kind.en for kind in kinds)}.",
        rules.clauses["exclusions"],
    )


def _bad_record(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    barred = {
        BadRecordRule.NONE_ALLOWED: ("bad_unresolved", "bad_settled"),
        BadRecordRule.REPAID_AND_NOT_MALICIOUS_ALLOWED: ("bad_unresolved",),
        BadRecordRule.IGNORED: (),
    }[rules.eligibility.bad_record_rule]
    if facts.credit_record not in barred:
        return None
    settled = facts.credit_record == "bad_settled"
    return Reason(
        "bad-credit-record",
        f"有不良信用记录({'已结清' if settled else '未结清'})。",
        f"There is a bad credit record, {'settled' if settled else 'not settled'}"
        f"{'.' if settled else '; settle it with the lender first.'}",
        rules.clauses["bad_record_rule"],
    )


def _account(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    if not rules.eligibility.bank_account_required or facts.has_account:
        return None
    return Reason(
        "bank-account-missing",
        "该户尚无银行账户,请先在贷款银行开户。",
        "The household has no bank account on file; open one with the lending bank first.",
        rules.clauses["bank_account_required"],
    )


def _listed(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    if not rules.eligibility.barred_by_lists or not facts.lists:
        return None
    return Reason(
        "on-a-list",
        f"该户在{'、'.join(_LIST_ZH[each] for each in facts.lists)}上,还清欠款后可申请移出。",
        f"The household is on the {' and the '.join(facts.lists)} list; repaying what is overdue clears it.",
        rules.clauses["barred_by_lists"],
    )


def _rated(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    if not rules.eligibility.rating_required or _valid_rating(facts, as_of):
        return None
    if facts.rating is None or facts.rating.valid_from > as_of:
        return Reason(
            "not-rated",
            "该户尚未评级授信。",
            "The household has no credit rating yet; have it rated first.",
            rules.clauses["rating_required"],
        )
    until = facts.rating.valid_until
    return Reason(
        "rating-expired",
        f"该户评级有效期至{until},已过期,请重新评级。",
        f"The household's rating was valid until {until}; have it rated again.",
        rules.clauses["rating_required"],
    )


def _below_smallest(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    smallest = rules.loan.amount_min
    if wish.amount >= smallest:
        return None
    return Reason(
        "amount-below-minimum",
        f"申请金额{wish.amount}元低于最低贷款金额{smallest}元。",
        f"The amount {wish.amount} is below the smallest loan of {smallest}; apply for at least that.",
        rules.clauses["amount_min"],
    )


def _above_largest(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    largest = rules.loan.amount_max
    if wish.amount <= largest:
        return None
    return Reason(
        "amount-above-maximum",
        f"申请金额{wish.amount}元超过单笔最高贷款金额{largest}元。",
        f"The amount {wish.amount} is above the largest loan of {largest}; apply for at most that.",
        rules.clauses["amount_max"],
    )


def _above_line(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    rating = _valid_rating(facts, as_of)
    if rating is None or wish.amount <= rating.line:
        return None
    return Reason(
        "amount-above-line",
        f"申请金额{wish.amount}元超过{rating.grade}级授信额度{rating.line}元。",
        f"The amount {wish.amount} is above the line {rating.line} of grade {rating.grade}; apply for at most that.",
        rules.clauses["grade_lines"],
    )


def _above_cap(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    cap = rules.loan.household_cap
    if facts.owed + wish.amount <= cap:
        return None
    return Reason(
        "household-cap",
        f"该户未结清贷款{facts.owed}元,加本次{wish.amount}元超过每户上限{cap}元。",
        f"Open loans of {facts.owed} and this {wish.amount} pass the household's cap of {cap}; "
        f"at most {max(cap - facts.owed, Decimal('0.00'))} is left.",
        rules.clauses["household_cap"],
    )


def _open_loan(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    most = rules.loan.open_loans_max
    if facts.open_loans < most:
        return None
    return Reason(
        "loan-open",
        f"该户有{facts.open_loans}笔贷款未结清,最多允许{most}笔。",
        f"The household has {facts.open_loans} open loan(s) and may have {most}; repay before borrowing again.",
        rules.clauses["open_loans_max"],
    )


def _term(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    shortest, longest = rules.loan.term_months_min, rules.loan.term_months_max
    if shortest <= wish.term_months <= longest:
        return None
    return Reason(
        "term-out-of-bounds",
        f"申请期限{wish.term_months}个月不在{shortest}至{longest}个月之间。",
        f"The term of {wish.term_months} months is not between {shortest} and {longest} months; choose one that is.",
        rules.clauses["term_months_max" if wish.term_months > longest else "term_months_min"],
    )


def _industry(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    known = [industry.code for industry in rules.eligibility.purposes.industries]
    if wish.industry is None or wish.industry in known:
        return None
    return Reason(
        "industry-unknown",
        f"产业“{wish.industry}”不在本县产业目录中。",
        f"The industry '{wish.industry}' is not one the county reports; choose one of {', '.join(known)}.",
        rules.clauses["industries"],
    )


def _purpose(facts: HouseholdFacts, wish: LoanWish, rules: BorrowingRules, as_of: date) -> Reason | None:
    purposes = rules.eligibility.purposes
    allowed = [purpose.code for purpose in purposes.allowed]
    if wish.purpose is None or wish.purpose in allowed:
        return None
    forbidden = next((term for term in purposes.forbidden if term.code == wish.purpose), None)
    if forbidden is not None:
        return Reason(
            "purpose-forbidden",
            f"贷款不得用于{forbidden.zh}。",
            f"The loan may not be used for {forbidden.en}; apply for a productive use.",
            rules.clauses["forbidden"],
        )
    return Reason(
        "purpose-unknown",
        f"用途“{wish.purpose}”不在本县允许用途中。",
        f"The purpose '{wish.purpose}' is not allowed in this county; choose one of {', '.join(allowed)}.",
        rules.clauses["allowed"],
    )


def _valid_rating(facts: HouseholdFacts, as_of: date) -> RatingFacts | None:
    rating = facts.rating
    return rating if rating is not None and rating.valid_from <= as_of < rating.valid_until else None


Rule = Callable[[HouseholdFacts, LoanWish, BorrowingRules, date], Reason | None]
RULES: Final[tuple[Rule, ...]] = (
    _state,
    _too_young,
    _too_old,
    _age_plus_term,
    _civil_capacity,
    _able_to_work,
    _excluded_kind,
    _bad_record,
    _account,
    _listed,
    _rated,
    _below_smallest,
    _above_largest,
    _above_line,
    _above_cap,
    _open_loan,
    _term,
    _industry,
    _purpose,
)
