"""Is this household, and this person of it, one that may borrow (LG-2, SX-1, DZ-1, XX-1, MS-2, FJ-6)? Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules, HouseholdRule, ReasonKind
from shared.dates import age_on
from shared.policy.household_facts import HouseholdFacts, LoanRequest
from shared.policy.vocabulary import PovertyState
from shared.rules.reasons import Reason

_STATE_ZH: Final[Mapping[str, str]] = {
    PovertyState.REGISTERED: "建档立卡",
    PovertyState.LIFTED: "已脱贫",
    PovertyState.STABLY_LIFTED: "稳定脱贫",
    PovertyState.MONITORED: "监测户",
    PovertyState.MARGINAL: "边缘户",
    PovertyState.GENERAL: "一般户",
}
_CAPACITY_ZH: Final[Mapping[str, str]] = {"full": "完全", "limited": "限制", "none": "无"}
_END_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "merged": ("已并入其他户", "was merged into another household"),
    "moved_out": ("已迁出", "moved away"),
    "died_out": ("已无在册成员", "has no living member"),
    "error": ("系误登记", "was registered by mistake"),
}
BORROWER_CLAUSE: Final = "SX-1"


def household_ended(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """A household that was merged, moved away or died out borrows no more."""
    if facts.ended_on is None or facts.ended_on > as_of:
        return None
    zh, en = _END_WORDS.get(facts.end_reason or "", ("已注销", "was closed"))
    return Reason(
        "household-ended",
        BORROWER_CLAUSE,
        f"该户{zh}，自{facts.ended_on}起注销，请以现所在户申请。",
        f"The household {en} on {facts.ended_on}; its people apply with the household they now belong to.",
    )


def borrower_not_member(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Who borrows repays, so nobody borrows in another household's name (SX-1)."""
    if facts.borrower not in ("left", "unknown"):
        return None
    zh, en = ("已离开该户", "has left it") if facts.borrower == "left" else ("不是该户成员", "is not a member of it")
    return Reason(
        "borrower-not-member",
        BORROWER_CLAUSE,
        f"借款人{zh}，户借户还，须由该户在册成员借款。",
        f"Who borrows for the household {en}; the one who borrows repays, so name a living member of the household.",
    )


def borrower_died(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The dead borrow nothing; the household first names another head (SX-1)."""
    if facts.borrower != "died":
        return None
    return Reason(
        "borrower-died",
        BORROWER_CLAUSE,
        "借款人已故，请先变更户主或由其他成员借款。",
        "The borrower has died; record a new head of household or name another member.",
    )


def state(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """Only households in the states the county names may borrow (LG-2, SX-1, DZ-1)."""
    allowed = rules.eligibility.eligible_states
    if facts.state in allowed:
        return None
    words = dict(_STATE_ZH)
    words |= {str(each.state): each.zh for each in reversed(rules.eligibility.state_words or ())}
    zh, en = (words[facts.state], facts.state) if facts.state else ("尚未登记", "not registered yet")
    return Reason(
        "state-not-eligible",
        rules.clauses["eligible_states"],
        f"该户为“{zh}”，可贷户类型为：{'、'.join(words[each] for each in allowed)}；如类型有误，请申请核查更正。",
        f"The household is {en} on {as_of}; those who may borrow are {', '.join(allowed)}. "
        "Have the state corrected if it is wrong.",
    )


def residence(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The household is registered or has its fixed residence in the area of the rule (MS-2)."""
    places = [place for place in (facts.village_code, facts.residence_code) if place is not None]
    if facts.village_code is None or any(place.startswith(area) for place in places for area in rules.areas):
        return None
    return Reason(
        "residence-outside-area",
        rules.clauses["residence_level"],
        f"该户户籍和固定住所（{'、'.join(places)}）均不在贷款区域（{'、'.join(rules.areas)}）内，请在户籍或住所所在地申请。",
        f"The household is neither registered nor living in {', '.join(rules.areas)} (it is in {', '.join(places)}); "
        "apply where it is registered or lives.",
    )


def too_young(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The borrower has reached the youngest age (XX-1)."""
    youngest = rules.eligibility.age_min_years
    if facts.born_on is None or (age := age_on(facts.born_on, as_of)) >= youngest:
        return None
    return Reason(
        "age-below-minimum",
        rules.clauses["age_min_years"],
        f"借款人{age}岁，低于最低年龄{youngest}岁，可由其他成年成员借款。",
        f"The borrower is {age}, below the youngest age of {youngest}; another member who is old enough may borrow.",
    )


def too_old(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The borrower has not passed the oldest age (XX-1)."""
    oldest = rules.eligibility.age_max_years
    if oldest is None or facts.born_on is None or (age := age_on(facts.born_on, as_of)) <= oldest:
        return None
    return Reason(
        "age-above-maximum",
        rules.clauses["age_max_years"],
        f"借款人{age}岁，超过最高年龄{oldest}岁，可由其他成员借款。",
        f"The borrower is {age}, above the oldest age of {oldest}; another member may borrow.",
    )


def age_plus_term(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Age and term together stay within the limit (MS-2)."""
    most = rules.eligibility.age_plus_term_max_years
    if most is None or facts.born_on is None:
        return None
    age = age_on(facts.born_on, as_of)
    # Whole years of age plus the term in months, so that a term of 18 months counts as one and a half years.
    if age * 12 + loan_request.term_months <= most * 12:
        return None
    left = most * 12 - age * 12
    zh, en = ("可由其他成员借款", "another member may borrow")
    if left >= rules.loan.term_months_min:
        zh, en = (f"期限最长可为{left}个月", f"choose a term of at most {left} months")
    return Reason(
        "age-plus-term-above-maximum",
        rules.clauses["age_plus_term_max_years"],
        f"借款人{age}岁加贷款期限{loan_request.term_months}个月超过{most}年，{zh}。",
        f"The borrower's age of {age} plus the term of {loan_request.term_months} months passes {most} years; {en}.",
    )


def civil_capacity(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The borrower has full civil capacity (MS-2)."""
    if not rules.eligibility.full_capacity_required or facts.civil_capacity in (None, "full"):
        return None
    return Reason(
        "civil-capacity-not-full",
        rules.clauses["full_capacity_required"],
        f"借款人为{_CAPACITY_ZH[facts.civil_capacity]}民事行为能力，须由具有完全民事行为能力的成员借款。",
        f"The borrower's civil capacity is {facts.civil_capacity}; a member with full capacity must borrow.",
    )


def able_to_work(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The borrower can work or run a business (MS-2)."""
    if not rules.eligibility.able_to_work_required or facts.able_to_work:
        return None
    return Reason(
        "not-able-to-work",
        rules.clauses["able_to_work_required"],
        "借款人无劳动或经营能力，可由有能力的其他成员借款。",
        "The borrower is neither able to work nor to run a business; a member who is may borrow.",
    )


def excluded_kind(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Households of the excluded categories do not borrow (FJ-6)."""
    kinds = [kind for kind in rules.eligibility.exclusions if kind.code in facts.exclusions]
    if not kinds:
        return None
    return Reason(
        "excluded-kind",
        rules.clauses["exclusions"],
        f"属于{'、'.join(kind.zh for kind in kinds)}，不符合贷款条件；如认定有误，请申请复核。",
        f"The household is among those excluded: {', '.join(kind.en for kind in kinds)}. "
        "Ask for a review if that is wrong.",
    )


# The rules of this page in the order in which reasons are given, each with its reason in words without figures.
RULES: Final[tuple[HouseholdRule, ...]] = (
    (
        ReasonKind("household-ended", "该户已注销", "the household was taken off the register", clause=BORROWER_CLAUSE),
        household_ended,
    ),
    (
        ReasonKind("borrower-not-member", "借款人不是该户成员", "the borrower is no member", clause=BORROWER_CLAUSE),
        borrower_not_member,
    ),
    (ReasonKind("borrower-died", "借款人已故", "the borrower has died", clause=BORROWER_CLAUSE), borrower_died),
    (ReasonKind("state-not-eligible", "户类型不符", "not in a state that may borrow", "eligible_states"), state),
    (
        ReasonKind(
            "residence-outside-area", "户籍和住所均不在区域内", "neither registered nor living here", "residence_level"
        ),
        residence,
    ),
    (ReasonKind("age-below-minimum", "低于最低年龄", "below the youngest age", "age_min_years"), too_young),
    (ReasonKind("age-above-maximum", "超过最高年龄", "above the oldest age", "age_max_years"), too_old),
    (
        ReasonKind(
            "age-plus-term-above-maximum", "年龄加期限超限", "age plus term above the limit", "age_plus_term_max_years"
        ),
        age_plus_term,
    ),
    (
        ReasonKind(
            "civil-capacity-not-full", "非完全民事行为能力", "not of full civil capacity", "full_capacity_required"
        ),
        civil_capacity,
    ),
    (
        ReasonKind(
            "not-able-to-work", "无劳动或经营能力", "not able to work or run a business", "able_to_work_required"
        ),
        able_to_work,
    ),
    (ReasonKind("excluded-kind", "属于排除人员", "of an excluded kind", "exclusions"), excluded_kind),
)
