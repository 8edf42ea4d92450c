"""Is the household in good standing: record, family debt, account, lists, rating (MS-2, FJ-12, LG-22, SX-5a)? Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.registry.standing.eligibility.rules.facts import BorrowingRules, HouseholdRule, ReasonKind
from shared.policy.household_facts import HouseholdFacts, LoanRequest, RatingFacts
from shared.policy.vocabulary import BadRecordRule
from shared.rules.reasons import Reason

LIST_ZH: Final[Mapping[str, str]] = {"dishonesty": "失信名单", "blacklist": "黑名单"}
BARRED_RECORDS: Final[Mapping[BadRecordRule, tuple[str, ...]]] = {
    BadRecordRule.NONE_ALLOWED: ("bad_unresolved", "bad_settled"),
    BadRecordRule.REPAID_AND_NOT_MALICIOUS_ALLOWED: ("bad_unresolved",),
    BadRecordRule.IGNORED: (),
}


def bad_record(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """A bad credit record bars as far as the county says (MS-2)."""
    if facts.credit_record not in BARRED_RECORDS[rules.eligibility.bad_record_rule]:
        return None
    settled = facts.credit_record == "bad_settled"
    return Reason(
        "bad-credit-record",
        rules.clauses["bad_record_rule"],
        f"有不良信用记录（{'已结清，本县规定有不良记录即不予贷款' if settled else '未结清，请先向贷款机构还清'}）。",
        f"There is a bad credit record, {'settled' if settled else 'not settled'}; "
        f"{'this county lends to nobody with one.' if settled else 'settle it with the lender first.'}",
    )


def malicious_default(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """A bad record that was malicious bars even when it is repaid (MS-2, LG-22)."""
    if not facts.malicious or rules.eligibility.bad_record_rule is BadRecordRule.IGNORED:
        return None
    return Reason(
        "malicious-default",
        rules.clauses["bad_record_rule"],
        "有恶意拖欠贷款记录，还清后亦不符合条件；如认定有误，请向县金融服务中心申诉。",
        "A malicious default is on record, which bars even when repaid; appeal to the service centre if it is wrong.",
    )


def family_debt(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """No other member has a production loan or a live credit limit with the lending bank (MS-2).

    A loan request that names no bank is for the bank that keeps the household's account; without either every bank
    counts.
    """
    bank = lender_of(facts, loan_request)
    banks = [each for each in facts.family_debt_banks if bank is None or each == bank]
    if not rules.eligibility.family_debt_excludes or not banks:
        return None
    return Reason(
        "family-debt",
        rules.clauses["family_debt_excludes"],
        f"家庭其他成员在{'、'.join(banks)}有生产经营贷款或有效授信，请先结清或终止授信。",
        f"Another family member has a production loan or a live credit limit with {', '.join(banks)}; "
        "have it repaid or closed first.",
    )


def account_missing(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The household has a bank account (MS-2)."""
    if not rules.eligibility.bank_account_required or facts.has_account:
        return None
    return Reason(
        "bank-account-missing",
        rules.clauses["bank_account_required"],
        "该户尚无银行账户，请先在贷款银行开户。",
        "The household has no bank account on file; open one with the lending bank first.",
    )


def account_elsewhere(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The account is with the bank that lends (MS-2)."""
    required = rules.eligibility.bank_account_required and facts.has_account
    if not required or loan_request.bank_code is None or facts.account_bank in (None, loan_request.bank_code):
        return None
    return Reason(
        "bank-account-elsewhere",
        rules.clauses["bank_account_required"],
        f"该户账户开在{facts.account_bank}，不在贷款银行{loan_request.bank_code}，请在贷款银行开户。",
        f"The household's account is with {facts.account_bank}, not with the lending bank {loan_request.bank_code}; "
        "open one there or apply to the bank that keeps the account.",
    )


def listed(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """A household on the dishonesty list or the blacklist gets no loan (FJ-12, LG-22)."""
    if not rules.eligibility.barred_by_lists or not facts.lists:
        return None
    return Reason(
        "on-a-list",
        rules.clauses["barred_by_lists"],
        f"该户在{'、'.join(LIST_ZH[each] for each in facts.lists)}上，还清欠款后可申请移出。",
        f"The household is on the {' and the '.join(facts.lists)} list; repaying what is overdue clears it.",
    )


def unrated(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date) -> Reason | None:
    """The household has a rating where the county asks for one."""
    if not rules.eligibility.rating_required or rating_of(facts, loan_request, rules) is not None:
        return None
    return Reason(
        "not-rated",
        rules.clauses["rating_required"],
        "该户尚未评级授信或评级未达授信等级，请先参加评级。",
        "The household has no credit rating that gives a credit limit; have it rated first.",
    )


def rating_to_come(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The rating is valid already."""
    rating = rating_of(facts, loan_request, rules)
    if not rules.eligibility.rating_required or rating is None or rating.valid_from <= as_of:
        return None
    return Reason(
        "rating-not-yet-valid",
        rules.clauses["rating_required"],
        f"该户评级自{rating.valid_from}起有效，请届时申请。",
        f"The household's rating is valid from {rating.valid_from}; apply from that day on.",
    )


def rating_expired(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> Reason | None:
    """The rating is still valid; its last day is the one before `valid_until`."""
    rating = rating_of(facts, loan_request, rules)
    if not rules.eligibility.rating_required or rating is None or as_of < rating.valid_until:
        return None
    return Reason(
        "rating-expired",
        rules.clauses["rating_required"],
        f"该户评级有效期至{rating.valid_until}，已过期，请重新评级。",
        f"The household's rating was valid until {rating.valid_until}; have it rated again.",
    )


def lender_of(facts: HouseholdFacts, loan_request: LoanRequest) -> str | None:
    """Return the bank that is to lend: the one named, else the one that keeps the household's account."""
    return loan_request.bank_code or facts.account_bank


def rating_of(facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules) -> RatingFacts | None:
    """Return the rating that counts: the lending bank's where it has its own standard, else the county's (LG-10)."""
    return facts.bank_rating if lender_of(facts, loan_request) in rules.rating_banks else facts.rating


def valid_rating(
    facts: HouseholdFacts, loan_request: LoanRequest, rules: BorrowingRules, as_of: date
) -> RatingFacts | None:
    """Return the rating that counts when it is valid on a day."""
    rating = rating_of(facts, loan_request, rules)
    return rating if rating is not None and rating.valid_from <= as_of < rating.valid_until else None


# The rules of this page in the order in which reasons are given, each with its reason in words without figures.
RULES: Final[tuple[HouseholdRule, ...]] = (
    (ReasonKind("bad-credit-record", "有不良信用记录", "bad credit record", "bad_record_rule"), bad_record),
    (
        ReasonKind("malicious-default", "有恶意拖欠记录", "malicious default on record", "bad_record_rule"),
        malicious_default,
    ),
    (
        ReasonKind("family-debt", "家庭其他成员有贷款或授信", "another family member's debt", "family_debt_excludes"),
        family_debt,
    ),
    (
        ReasonKind("bank-account-missing", "无银行账户", "no bank account on file", "bank_account_required"),
        account_missing,
    ),
    (
        ReasonKind("bank-account-elsewhere", "账户不在贷款银行", "account with another bank", "bank_account_required"),
        account_elsewhere,
    ),
    (
        ReasonKind("on-a-list", "在失信名单或黑名单上", "on the dishonesty list or the blacklist", "barred_by_lists"),
        listed,
    ),
    (ReasonKind("not-rated", "尚未评级授信", "not rated yet", "rating_required"), unrated),
    (ReasonKind("rating-not-yet-valid", "评级尚未生效", "rating not valid yet", "rating_required"), rating_to_come),
    (ReasonKind("rating-expired", "评级已过期", "rating expired", "rating_required"), rating_expired),
)
