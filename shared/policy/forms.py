"""What cannot be true together in the values that have several forms: conditions, rates, subsidies, lenders."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from shared.policy.contradictions import Finding
from shared.policy.vocabulary import Consequence, SoftCondition

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack


def form_contradictions(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for everything in these values that cannot be true together."""
    yield from _conditions(pack)
    yield from _bounds(pack)
    yield from _lenders(pack)
    yield from _notice_days(pack)
    words = pack.eligibility.state_words
    for word, times in Counter(each.zh for each in words.value).items() if words else ():
        if times > 1:
            yield Finding(
                "eligibility.state_words", f"“{word}”写了两次，请只保留一个", f"“{word}” stands twice; keep one"
            )
    if pack.subsidy.years_max and pack.subsidy.months_max:
        yield Finding("subsidy.months_max", "与 years_max 只能写一个", "stands beside years_max; keep one of them")


def _lenders(pack: "PolicyPack") -> Iterator[Finding]:
    shares, tolerances = pack.compensation.lender_shares, pack.fund.lender_tolerances
    for row in shares.value if shares else ():
        if row.fund_share + row.bank_share != 1 or min(row.fund_share, row.bank_share) < 0:
            banks = ", ".join(row.bank_codes)
            said_zh, said_en = f"{banks} 的分担比例须合计为 1", f"the shares of {banks} must add up to 1"
            yield Finding("compensation.lender_shares", said_zh, said_en)
    for own in tolerances.value if tolerances else ():
        if not 0 <= own.share <= 1:
            yield Finding("fund.lender_tolerances", "须在 0 与 1 之间", "lies between 0 and 1")
    accounts = pack.fund.lender_accounts
    for account in accounts.value if accounts else ():
        if account.multiplier is not None and account.multiplier < 1:
            banks = ", ".join(account.bank_codes)
            said_zh, said_en = f"{banks} 的倍数小于 1；一比十请写 10", f"the multiple of {banks} is below 1; write 10"
            yield Finding("fund.lender_accounts", said_zh, said_en)
    named = {
        "compensation.lender_shares": shares,
        "fund.lender_tolerances": tolerances,
        "fund.lender_accounts": accounts,
    }
    for key, leaf in named.items():
        banks_named = Counter(bank for row in leaf.value for bank in row.bank_codes) if leaf else Counter[str]()
        for bank, times in banks_named.items():
            if times > 1:
                yield Finding(key, f"{bank} 写了两次，请只保留一个", f"{bank} stands twice; keep one")


def _bounds(pack: "PolicyPack") -> Iterator[Finding]:
    tolerance, days = pack.fund.bad_loan_tolerance, pack.lists.dishonesty_after_days_late
    if tolerance and not 0 <= tolerance.value.share <= 1:
        yield Finding("fund.bad_loan_tolerance", "须在 0 与 1 之间", "lies between 0 and 1")
    if days and days.value.days < 0:
        yield Finding("lists.dishonesty_after_days_late", "不得小于 0", "is not below 0")


def _notice_days(pack: "PolicyPack") -> Iterator[Finding]:
    key, said = "public_notice.working_days_of_levels", pack.public_notice.working_days_of_levels
    for level, times in Counter(each.level for each in said.value).items() if said else ():
        if times > 1:
            yield Finding(key, f"{level} 写了两次，请只保留一个", f"{level} stands twice; keep one")
        if level not in pack.public_notice.levels.value:
            yield Finding(key, f"{level} 级不公示，请删去或补入 levels", f"{level} has no public notice; remove it")
    if said and any(each.working_days < 1 for each in said.value):
        yield Finding(key, "至少公示 1 个工作日", "a notice stands at least 1 working day")


def _is_positive(days: int | None) -> bool:
    return days is None or days >= 1


def _conditions(pack: "PolicyPack") -> Iterator[Finding]:
    said, lending = pack.eligibility.consequences, pack.lending
    for condition, times in Counter(each.condition for each in said.value).items() if said else ():
        if times > 1:
            said_zh, said_en = f"{condition} 写了两次，请只保留一个", f"{condition} stands twice; keep one"
            yield Finding("eligibility.consequences", said_zh, said_en)
    for each in said.value if said else ():
        if (each.consequence is Consequence.WITH_APPROVAL) != (each.office is not None):
            said_zh = f"{each.condition} 须同时写 consequence: with_approval 和 office，或都不写"
            said_en = f"{each.condition} needs both consequence: with_approval and its office, or neither"
            yield Finding("eligibility.consequences", said_zh, said_en)
        if (each.office is not None) != (each.working_days is not None) or not _is_positive(each.working_days):
            said_zh = f"{each.condition} 须写 working_days（批准部门的办理工作日，至少 1）"
            said_en = f"{each.condition} needs working_days, at least 1, for the office that approves"
            yield Finding("eligibility.consequences", said_zh, said_en)
    named = {each.condition for each in said.value} if said else set()
    if SoftCondition.OTHER_BANK in named and not (lending.responsible_banks and lending.responsible_banks.value):
        yield Finding(
            "eligibility.consequences",
            f"写了 {SoftCondition.OTHER_BANK}，须同时写 lending.responsible_banks: true",
            f"names {SoftCondition.OTHER_BANK}, which needs lending.responsible_banks: true",
        )
    usual = lending.term_months_normal
    if usual and not lending.term_months_min.value <= usual.value < lending.term_months_max.value:
        yield Finding(
            "lending.term_months_normal",
            "须不小于 term_months_min 且小于 term_months_max；没有更长期限时请省略此键",
            "lies from term_months_min to below term_months_max; leave it out where no longer term exists",
        )
