"""Can the household have this loan: amount, credit limit, cap, open loans, term, industry, purpose? Pure."""

from datetime import date
from decimal import Decimal
from typing import Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules, HouseholdRule, ReasonKind
from services.registry.standing.eligibility.rules.household import valid_rating
from shared.policy.arrangements import LegacyRule
from shared.policy.household_facts import HouseholdFacts, LoanRequest, OpenLoan
from shared.policy.vocabulary import ProductCondition
from shared.rules import cover
from shared.rules.reasons import Reason

_NOTHING: Final = Decimal("0.00")


def below_smallest(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The amount reaches the smallest loan."""
    smallest = rules.loan.amount_min
    if loan_request.amount >= smallest:
        return None
    return Reason(
        "amount-below-minimum",
        rules.clauses["amount_min"],
        f"申请金额{loan_request.amount}元低于最低贷款金额{smallest}元，请提高金额。",
        f"The amount {loan_request.amount} is below the smallest loan of {smallest}; apply for at least that.",
    )


def above_largest(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The amount is at most the largest loan, inclusive (LG-2)."""
    largest = rules.loan.amount_max
    if loan_request.amount <= largest:
        return None
    return Reason(
        "amount-above-maximum",
        rules.clauses["amount_max"],
        f"申请金额{loan_request.amount}元超过单笔最高贷款金额{largest}元，请降低金额。",
        f"The amount {loan_request.amount} is above the largest loan of {largest}; apply for at most that.",
    )


def above_credit_limit(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The amount is at most the credit limit of a valid rating (FJ-10, SX-5a)."""
    rating = valid_rating(facts, loan_request, rules, as_of)
    if rating is None or not rating.credit_limit or loan_request.amount <= rating.credit_limit:
        return None
    return Reason(
        "amount-above-credit-limit",
        rules.clauses["grade_limits"],
        f"申请金额{loan_request.amount}元超过{rating.grade}级授信额度{rating.credit_limit}元，请按额度申请。",
        f"The amount {loan_request.amount} is above the credit limit {rating.credit_limit} of grade "
        f"{rating.grade}; apply for at most that.",
    )


def without_limit(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The grade of a valid rating is one that borrows; a known grade may have no credit limit (DY-1)."""
    rating = valid_rating(facts, loan_request, rules, as_of)
    if rating is None or rating.credit_limit:
        return None
    because = rules.without_limit.get(rating.grade)
    zh, en = (f"（{because.zh}）", f" ({because.en})") if because else ("", "")
    return Reason(
        "grade-without-limit",
        rules.clauses["grade_limits"],
        f"该户信用等级为{rating.grade}，该等级不授信{zh}；重新评级达到有额度的等级后可再申请。",
        f"The household's grade is {rating.grade}, which has no credit limit{en}; it may apply again when a new rating "
        "gives it a grade that has one.",
    )


def above_cap(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """After this loan and those it has applied for the household owes at most its cap (LG-25b).

    What it owes on loans granted under the legacy rule counts too; those loans run on under that rule (LG-2).
    """
    cap, owed, under_way = rules.loan.household_cap, facts.owed, _NOTHING
    zh_books, en_books = "", ""
    if loan_request.exposure is not None:
        owed, under_way = max(owed, loan_request.exposure.owed), loan_request.exposure.under_way
        in_books = loan_request.exposure.owed
        if in_books + under_way + loan_request.amount <= cap:
            zh_books, en_books = _on_its_way(f"{in_books}元", f"{in_books} owed")
    if owed + under_way + loan_request.amount <= cap:
        return None
    left = max(cap - owed - under_way, _NOTHING)
    zh, en = (f"最多还可贷{left}元", f"at most {left} is left")
    if not left:
        zh, en = ("请先归还部分贷款", "repay first")
    legacy = _owed_under_legacy_rule(facts, rules)
    zh_legacy = f"（其中{legacy}元为旧政策贷款，按旧政策执行至到期，但计入余额）" if legacy else ""
    en_legacy = f" ({legacy} of it under the legacy rule, by which it runs to its end; it counts all the same)"
    zh_under_way, en_under_way = (
        (f"、在办申请{under_way}元", f", applications of {under_way}") if under_way else ("", "")
    )
    return Reason(
        "household-cap",
        rules.clauses["household_cap"],
        f"该户未结清贷款{owed}元{zh_legacy}{zh_under_way}，加本次{loan_request.amount}元超过每户上限{cap}元，{zh}。{zh_books}",
        f"Open loans of {owed}{en_legacy if legacy else ''}{en_under_way} and this {loan_request.amount} pass the "
        f"household's cap of {cap}; {en}.{en_books}",
    )


def _on_its_way(zh: str, en: str) -> tuple[str, str]:
    """Say what the lender's books show and is not known here yet, in both languages."""
    return (
        f"贷款台账现为{zh}；如刚刚还款，请一分钟后重新提交，申请日期不早于还款日。",
        f" The loan books show {en}: if that was repaid just now, file again in a minute, dated no earlier than that.",
    )


def _owed_under_legacy_rule(facts: HouseholdFacts, rules: BorrowingRules) -> Decimal:
    ours = (loan.owed for loan in facts.loans if any(_was_granted_under(rule, loan) for rule in rules.legacy))
    return sum(ours, _NOTHING)


def _was_granted_under(rule: LegacyRule, loan: OpenLoan) -> bool:
    """Return whether a loan of this size was granted under a rule for larger amounts."""
    above = rule.amount_above
    return above is not None and above < loan.principal <= rule.amount_max and rule.held_on(loan.granted_on)


def loan_open(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The household has fewer open loans than it may have.

    A loan that the lender's books have closed already counts until its closing is known here too.
    """
    most, found, zh_books, en_books = rules.loan.open_loans_max, facts.open_loans, "", ""
    if loan_request.exposure is not None:
        in_books = loan_request.exposure.open_loans
        found = max(found, in_books)
        if in_books < most:
            zh_books, en_books = _on_its_way(f"{in_books}笔", f"{in_books} open loan(s)")
    if found < most:
        return None
    return Reason(
        "loan-open",
        rules.clauses["open_loans_max"],
        f"该户有{found}笔贷款未结清，最多允许{most}笔，请先还清再申请。{zh_books}",
        f"The household has {found} open loan(s) and may have {most}; repay before borrowing again.{en_books}",
    )


def term(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The term lies within the county's bounds, both inclusive (LG-2, XX-1)."""
    shortest, longest = rules.loan.term_months_min, rules.loan.term_months_max
    if shortest <= loan_request.term_months <= longest:
        return None
    return Reason(
        "term-out-of-bounds",
        rules.clauses["term_months_max" if loan_request.term_months > longest else "term_months_min"],
        f"申请期限{loan_request.term_months}个月不在{shortest}至{longest}个月之间，请调整期限。",
        f"The term of {loan_request.term_months} months is not between {shortest} and {longest} months; choose "
        f"one that is.",
    )


def beyond_normal_term(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """A term beyond the usual one, inclusive, is granted with the bank's recorded reason (MS-1)."""
    usual = rules.loan.term_months_normal
    if usual is None or not usual < loan_request.term_months <= rules.loan.term_months_max:
        return None
    return Reason(
        "term-above-normal",
        rules.clauses["term_months_normal"],
        f"申请期限{loan_request.term_months}个月超过一般期限{usual}个月，放款时须由银行说明理由；也可缩短期限。",
        f"The term of {loan_request.term_months} months is beyond the usual {usual}; the bank states its reason when "
        "it pays out, or choose a shorter term.",
    )


def not_covered(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """A loan that the fund does not stand behind is granted, and the bank bears its loss (ZJ-2c)."""
    return cover.not_covered(rules.loan.covered_by_fund, rules.clauses.get("covered_by_fund", ""))


def industry_unknown(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """Every industry named is one the county reports (FJ-8)."""
    known = [industry.code for industry in rules.eligibility.purposes.industries]
    named = (
        (loan_request.industry, *loan_request.other_industries)
        if loan_request.industry
        else loan_request.other_industries
    )
    strange = [each for each in named if each not in known]
    if not strange:
        return None
    return Reason(
        "industry-unknown",
        rules.clauses["industries"],
        f"产业“{'、'.join(strange)}”不在本县产业目录中，请从目录中选择。",
        f"The industry '{', '.join(strange)}' is not one the county reports; choose one of {', '.join(known)}.",
    )


def _industries(facts: HouseholdFacts, loan_request: LoanRequest) -> frozenset[str]:
    named = (
        (loan_request.industry, *loan_request.other_industries)
        if loan_request.industry
        else loan_request.other_industries
    )
    return facts.industries.union(named)


def industries_too_few(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """A borrower has at least the fewest income industries, once they are named (FJ-8)."""
    fewest, found = rules.eligibility.purposes.industries_per_borrower_min, len(_industries(facts, loan_request))
    if loan_request.industry is None or found >= fewest:
        return None
    return Reason(
        "industries-too-few",
        rules.clauses["industries_per_borrower_min"],
        f"该户增收产业{found}个，至少须有{fewest}个，请补充产业。",
        f"The household has {found} income industry(ies) and needs {fewest}; name another one.",
    )


def industries_too_many(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """A borrower has at most the most income industries, those of its open loans included (FJ-8)."""
    most, found = rules.eligibility.purposes.industries_per_borrower_max, sorted(_industries(facts, loan_request))
    if len(found) <= most:
        return None
    return Reason(
        "industries-too-many",
        rules.clauses["industries_per_borrower_max"],
        f"该户增收产业{len(found)}个（{'、'.join(found)}），最多{most}个，请集中发展。",
        f"The household has {len(found)} income industries ({', '.join(found)}) and may have {most}; "
        "apply for one it already has.",
    )


def purpose_forbidden(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The money is not for a use the county forbids by name (SX-3)."""
    forbidden = next((each for each in rules.eligibility.purposes.forbidden if each.code == loan_request.purpose), None)
    if forbidden is None:
        return None
    return Reason(
        "purpose-forbidden",
        rules.clauses["forbidden"],
        f"贷款不得用于{forbidden.zh}，请用于生产经营。",
        f"The loan may not be used for {forbidden.en}; apply for a productive use.",
    )


def purpose_unknown(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The money is for a use the county allows (SX-3)."""
    purposes = rules.eligibility.purposes
    allowed = [purpose.code for purpose in purposes.allowed]
    if loan_request.purpose is None or loan_request.purpose in (*allowed, *(each.code for each in purposes.forbidden)):
        return None
    return Reason(
        "purpose-unknown",
        rules.clauses["allowed"],
        f"用途“{loan_request.purpose}”不在本县允许用途中，请选择允许的用途。",
        f"The purpose '{loan_request.purpose}' is not allowed in this county; choose one of {', '.join(allowed)}.",
    )


# The rules of this page in the order in which reasons are given, each with its reason in words without figures.
RULES: Final[tuple[HouseholdRule, ...]] = (
    (ReasonKind("amount-below-minimum", "低于最低贷款金额", "below the smallest loan", "amount_min"), below_smallest),
    (ReasonKind("amount-above-maximum", "超过单笔最高金额", "above the largest loan", "amount_max"), above_largest),
    (
        ReasonKind("amount-above-credit-limit", "超过授信额度", "above the credit limit", "grade_limits"),
        above_credit_limit,
    ),
    (ReasonKind("grade-without-limit", "等级不授信", "the grade has no limit", "grade_limits"), without_limit),
    (ReasonKind("household-cap", "超过每户余额上限", "above the household's cap", "household_cap"), above_cap),
    (ReasonKind("loan-open", "有未结清贷款", "an open loan", "open_loans_max"), loan_open),
    (ReasonKind("term-out-of-bounds", "期限不符", "term out of bounds", "term_months_max"), term),
    (
        ReasonKind("term-above-normal", "超过一般期限", "beyond the usual term", "term_months_normal"),
        beyond_normal_term,
    ),
    (
        ReasonKind(ProductCondition.NOT_COVERED, "不纳入风险补偿", "not covered by the risk fund", "covered_by_fund"),
        not_covered,
    ),
    (ReasonKind("industry-unknown", "产业不在目录中", "industry not reported here", "industries"), industry_unknown),
    (
        ReasonKind("industries-too-few", "增收产业过少", "too few income industries", "industries_per_borrower_min"),
        industries_too_few,
    ),
    (
        ReasonKind("industries-too-many", "增收产业过多", "too many income industries", "industries_per_borrower_max"),
        industries_too_many,
    ),
    (ReasonKind("purpose-forbidden", "禁止用途", "forbidden purpose", "forbidden"), purpose_forbidden),
    (ReasonKind("purpose-unknown", "用途不在允许范围", "purpose not allowed", "allowed"), purpose_unknown),
)
