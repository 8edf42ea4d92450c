"""What a pack may say and hardly means: surely wrong values are mistakes, the others are questions to the officer.

Both are asked when a pack is written and when it is submitted, never of a pack that is in force: contracts rest on it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from shared.dates import EARLIEST_DAY, LATEST_DAY
from shared.errors import Refused
from shared.policy import losses
from shared.policy.blocking import blocking
from shared.policy.contradictions import Finding
from shared.policy.vocabulary import LenderKind, NoticeItem, Payer, RateBasis, SoftCondition

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack

PENALTY_MOST: Final = Decimal(10)  # a penalty rate of ten times the contract's is a percentage written as a multiple
# The central bank's notice 银发〔2003〕251号, item 3: overdue loans bear 30 to 50 % on top of the contract's rate.
PENALTY_LEAST, PENALTY_USUAL = Decimal("1.3"), Decimal("1.5")
MISUSE_LEAST: Final = Decimal("1.5")
MISUSE_USUAL: Final = Decimal(2)
TERM_MONTHS_MOST: Final = 360
TERM_MONTHS_LEAST_USUAL: Final = 6  # "3" for three years
MARGIN_USUAL: Final = Decimal(10)  # percentage points
LOANS_THAT_A_FUND_CARRIES: Final = 10
RATE_MAX_USUAL: Final = Decimal(24)  # percent a year; what courts leave to a lender
LPR_PUBLISHED_FROM: Final = date(2019, 8, 20)
# What the platform does whatever the pack says: another value is recorded, and nothing follows from it.
ALWAYS: Final = {
    "subsidy.settle_first": (True, "一律先付息、后贴息", "gives interest back after it was paid"),
    "subsidy.budget_required": (True, "一律不得超预算", "promises no subsidy beyond the budget"),
    "fund.only_for_bad_loans": (True, "基金一律只用于代偿", "pays from the fund for lost loans only"),
}


Found = TypeVar("Found", Finding, "Question")


class Question(NamedTuple):
    """A value that may be right and is asked about: which question, at which key, in both languages."""

    code: str
    key: str
    zh: str
    en: str


def mistakes(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for every value that is surely wrong, or that a service would refuse whatever happens."""
    yield from _of_each_product(pack, _mistakes)


def questions(pack: "PolicyPack") -> Iterator[Question]:
    """Yield a question for every value that is unusual; an officer answers each before the pack is submitted."""
    yield from _of_each_product(pack, _questions)


def _of_each_product(pack: "PolicyPack", found_in: "Callable[[PolicyPack], Iterator[Found]]") -> "Iterator[Found]":
    """Yield what is found in the first product, then what only a further one has, under its place in the file."""
    first = list(found_in(pack))
    yield from first
    for number, product in enumerate(pack.products):
        found = found_in(pack.for_product(product.code))
        yield from (each._replace(key=f"products[{number}].{each.key}") for each in found if each not in first)


def _mistakes(pack: "PolicyPack") -> Iterator[Finding]:
    yield from _days(pack)
    yield from _multiples(pack)
    yield from _lists(pack)
    yield from _notices(pack)
    yield from _repricing(pack)
    yield from _payers(pack)
    yield from blocking(pack)
    rule = pack.compensation_rule()
    if why := losses.penalty_not_served(rule):
        yield Finding("compensation.covers_penalty", *_said(why))
    if small := losses.never_decided(rule):
        yield Finding("compensation.committee_approvals_required", *_said(small))


def _questions(pack: "PolicyPack") -> Iterator[Question]:
    yield from _unusual(pack)
    yield from _offices(pack)
    for key, (always, zh, en) in ALWAYS.items():
        section, _, name = key.partition(".")
        if getattr(getattr(pack, section), name).value is not always:
            yield Question(
                "platform-acts-otherwise",
                key,
                f"本平台{zh}；此值仅作记录，不会执行",
                f"the platform {en}; this value is recorded and nothing follows from it",
            )


def _said(refusal: Refused) -> tuple[str, str]:
    return refusal.sentence.zh.removesuffix("。"), refusal.sentence.en.removesuffix(".")


def _days(pack: "PolicyPack") -> Iterator[Finding]:
    if not EARLIEST_DAY <= pack.header.effective_from <= LATEST_DAY:
        yield Finding(
            "header.effective_from",
            f"{pack.header.effective_from} 不在 {EARLIEST_DAY.year} 至 {LATEST_DAY.year} 年之间，政策包将永不生效",
            f"{pack.header.effective_from} lies outside {EARLIEST_DAY.year} to {LATEST_DAY.year}; the pack would "
            "never be in force",
        )
    later = pack.subsidy.later_shares.value if pack.subsidy.later_shares else ()
    for day, times in Counter(share.from_on for share in later).items():
        if times > 1:
            yield Finding(
                "subsidy.later_shares", f"{day} 起有两个比例，请只保留一个", f"two shares hold from {day}; keep one"
            )


def _multiples(pack: "PolicyPack") -> Iterator[Finding]:
    penalty, gradient = pack.repayment.penalty_multiplier.value, pack.rating.gradient_multiplier
    if not 1 <= penalty < PENALTY_MOST:
        yield Finding(
            "repayment.penalty_multiplier",
            f'罚息利率为合同利率的 {penalty} 倍，不可能如此；加收 50% 请写 "1.5"',
            f'makes the penalty rate {penalty} times the contract\'s, which cannot be; write "1.5" for 50 % on top',
        )
    misuse = pack.repayment.misuse_multiplier
    if misuse is not None and not 1 <= misuse.value < PENALTY_MOST:
        yield Finding(
            "repayment.misuse_multiplier",
            f'挪用罚息利率为合同利率的 {misuse.value} 倍，不可能如此；加收 100% 请写 "2"',
            f"makes the rate of misuse {misuse.value} times the contract's, which cannot be; "
            'write "2" for 100 % on top',
        )
    if gradient is not None and gradient.value < 1:
        yield Finding(
            "rating.gradient_multiplier",
            '小于 1，按时还款后额度反而减少；上浮 20% 请写 "1.20"',
            'is below 1, so that paying on time would lower the credit limit; write "1.20" for a rise of 20 %',
        )
    if pack.lending.term_months_max.value > TERM_MONTHS_MOST:
        yield Finding(
            "lending.term_months_max",
            f"超过 {TERM_MONTHS_MOST} 个月（30 年），期限请以月为单位",
            f"is more than {TERM_MONTHS_MOST} months (30 years); a term is written in months",
        )


def _lists(pack: "PolicyPack") -> Iterator[Finding]:
    known = [str(kind) for kind in LenderKind]
    for kind in map(str, pack.lending.lender_kinds.value):
        if kind not in known:
            meant = "".join(get_close_matches(kind, known, n=1))
            yield Finding(
                "lending.lender_kinds",
                f"{kind} 不是贷款机构类型" + (f"，是否应为 {meant}" if meant else f"；可写：{'、'.join(known)}"),
                f"{kind} is no kind of lender; " + (f"did you mean {meant}" if meant else f"write {', '.join(known)}"),
            )


def _notices(pack: "PolicyPack") -> Iterator[Finding]:
    content = pack.public_notice.content
    if content is not None and NoticeItem.HOUSEHOLD_HEAD not in content.value:
        yield Finding(
            "public_notice.content",
            f"公示内容须含户主姓名，请补写 {NoticeItem.HOUSEHOLD_HEAD}",
            f"a notice says whose application it is; add {NoticeItem.HOUSEHOLD_HEAD}",
        )


def _payers(pack: "PolicyPack") -> Iterator[Finding]:
    payers = pack.subsidy.reimbursed_payers
    if payers is not None and (Payer.GOVERNMENT in payers.value or not payers.value):
        yield Finding(
            "subsidy.reimbursed_payers",
            "财政代付的利息不再贴息，请删去 government，并至少写明一类付息人，如 borrower",
            "gives back what the treasury itself paid, or nothing at all; leave government out and name at least one, "
            "such as borrower",
        )


def _repricing(pack: "PolicyPack") -> Iterator[Finding]:
    interest, said = pack.interest, pack.interest.repricing
    if interest.rate_fixed.value and said is not None:
        yield Finding(
            "interest.repricing",
            "利率既固定又重定价，请删去重定价，或将 rate_fixed 改为 false",
            "a rate that is fixed is never taken anew; leave repricing out, or set rate_fixed to false",
        )
    if not interest.rate_fixed.value and said is None:
        yield Finding(
            "interest.rate_fixed",
            "利率不固定而未写明重定价，请在 interest.repricing 中写明重定价日",
            "a rate that is not fixed needs the days on which it is taken anew; name them in interest.repricing",
        )
    if said is not None and said.value.rate_max is not None and not 0 < said.value.rate_max <= RATE_MAX_USUAL:
        yield Finding(
            "interest.repricing",
            f"最高利率 {said.value.rate_max} 须为年利率百分数，大于 0、不超过 {RATE_MAX_USUAL}",
            f"a largest rate of {said.value.rate_max} is no yearly rate in percent above 0 and up to {RATE_MAX_USUAL}",
        )


def _unusual(pack: "PolicyPack") -> Iterator[Question]:
    lending, rating, fund = pack.lending, pack.rating, pack.fund
    penalty = pack.repayment.penalty_multiplier.value
    if 1 <= penalty < PENALTY_MOST and not PENALTY_LEAST <= penalty <= PENALTY_USUAL:
        yield Question(
            "penalty-unusual",
            "repayment.penalty_multiplier",
            f"罚息利率为合同利率的 {penalty} 倍；银发〔2003〕251号规定逾期贷款加收 30% 至 50%，即 1.3 至 1.5",
            f"the penalty rate is {penalty} times the contract's; the central bank's notice no. 251 of 2003 has "
            "overdue loans bear 30 to 50 % on top, 1.3 to 1.5",
        )
    misuse = pack.repayment.misuse_multiplier
    if misuse is not None and 1 <= misuse.value < PENALTY_MOST and not MISUSE_LEAST <= misuse.value <= MISUSE_USUAL:
        yield Question(
            "misuse-penalty-unusual",
            "repayment.misuse_multiplier",
            f"挪用罚息利率为合同利率的 {misuse.value} 倍；"
            "银发〔2003〕251号规定挤占挪用贷款加收 50% 至 100%，即 1.5 至 2",
            f"the rate of misuse is {misuse.value} times the contract's; the central bank's notice no. 251 of 2003 has "
            "misused loans bear 50 to 100 % on top, 1.5 to 2",
        )
    if lending.term_months_max.value < TERM_MONTHS_LEAST_USUAL:
        yield Question(
            "term-very-short",
            "lending.term_months_max",
            f"最长期限只有 {lending.term_months_max.value} 个月；此处以月为单位，三年请写 36",
            f"the longest term is {lending.term_months_max.value} months; it is counted in months, three years are 36",
        )
    carried = fund.initial_amount.value * fund.multiplier.value
    if carried < LOANS_THAT_A_FUND_CARRIES * lending.amount_max.value:
        yield Question(
            "fund-very-small",
            "fund.initial_amount",
            f"基金放大后只能支撑 {carried} 元贷款，不足 {LOANS_THAT_A_FUND_CARRIES} 笔最大贷款；此处以元为单位，"
            '五千万请写 "50000000.00"',
            f"the fund would carry {carried} of loans, less than {LOANS_THAT_A_FUND_CARRIES} of the largest; it is "
            'counted in yuan, 50 million are "50000000.00"',
        )
    if rating.recollect_months.value > rating.valid_months.value:
        yield Question(
            "rating-lapses",
            "rating.recollect_months",
            f"每 {rating.recollect_months.value} 个月才重新采集，而评级只有效 {rating.valid_months.value} 个月，"
            "其间农户无有效评级",
            f"facts are collected every {rating.recollect_months.value} months and a rating holds "
            f"{rating.valid_months.value}; in between households have none",
        )
    yield from _unusual_rate(pack)
    yield from _without_effect(pack)


def _unusual_rate(pack: "PolicyPack") -> Iterator[Question]:
    if pack.interest.rate_margin.value > MARGIN_USUAL:
        yield Question(
            "margin-unusual",
            "interest.rate_margin",
            f"在基准利率上加 {pack.interest.rate_margin.value} 个百分点",
            f"adds {pack.interest.rate_margin.value} percentage points to the published rate",
        )
    if pack.interest.rate_basis.value is RateBasis.LPR and pack.header.effective_from < LPR_PUBLISHED_FROM:
        yield Question(
            "rate-not-yet-published",
            "interest.rate_basis",
            f"LPR 自 {LPR_PUBLISHED_FROM} 起公布，此前放款将因没有利率而被拒绝",
            f"the LPR is published from {LPR_PUBLISHED_FROM} on; loans before that day would be refused for want of "
            "a rate",
        )


def _without_effect(pack: "PolicyPack") -> Iterator[Question]:
    smallest = pack.lending.amount_min.value
    below = [each.code for each in pack.rating.grade_limits.value if 0 < each.limit_or_none < smallest]
    if below:
        yield Question(
            "limit-below-smallest-loan",
            "lending.amount_min",
            f"信用等级 {'、'.join(below)} 的额度低于最小贷款 {smallest} 元，这些等级的农户无法借款",
            f"the credit limit of {', '.join(below)} lies below the smallest loan of {smallest}; such households "
            "cannot borrow",
        )
    yield from _above_every_limit(pack)
    yield from _guarantor_left_out(pack)
    keeps, due = pack.fund.reservation_valid_days.value, pack.approval.disbursement_working_days.value
    if keeps < due:
        yield Question(
            "reservation-lapses",
            "fund.reservation_valid_days",
            f"基金额度只保留 {keeps} 天，而放款期限为 {due} 个工作日，额度会在放款前失效",
            f"a place at the fund is kept for {keeps} days and the bank has {due} working days; it would lapse before",
        )
    if set(pack.eligibility.eligible_states.value) <= set(pack.subsidy.stop_states.value):
        yield Question(
            "subsidy-never-paid",
            "subsidy.stop_states",
            "包括了所有可贷户类型，任何农户都得不到贴息",
            "holds every state that may borrow, so that nobody's interest is ever subsidised",
        )
    fixed = pack.subsidy.fixed_rate
    if fixed and fixed.value > MARGIN_USUAL:
        yield Question(
            "fixed-rate-unusual",
            "subsidy.fixed_rate",
            f'按年利率 {fixed.value}% 贴息；此处以百分数书写，5% 请写 "5"',
            f'gives back {fixed.value} % a year; it is written in percent, 5 % are "5"',
        )


def _above_every_limit(pack: "PolicyPack") -> Iterator[Question]:
    schemes = pack.rating.bank_schemes.value if pack.rating.bank_schemes else ()
    limits = [*pack.rating.grade_limits.value, *(limit for scheme in schemes for limit in scheme.grade_limits)]
    highest, largest = max(each.limit_or_none for each in limits), pack.lending.amount_max.value
    said = pack.eligibility.consequences
    goes_on = any(each.condition is SoftCondition.CREDIT_LIMIT for each in said.value) if said else False
    if pack.eligibility.rating_required.value and largest > highest and not goes_on:
        yield Question(
            "amount-above-every-limit",
            "lending.amount_max",
            f"须先评级，而最高授信额度只有 {highest} 元，超过该额度的贷款无法发放；此产品不受授信额度限制的，请在 "
            "eligibility.consequences 中写明 amount-above-credit-limit 的处理，如 warned",
            f"a rating is required and its highest credit limit is {highest}; no larger loan is granted; where the "
            "limit does not bind this product say in eligibility.consequences what follows, e.g. warned",
        )


def _guarantor_left_out(pack: "PolicyPack") -> Iterator[Question]:
    own = pack.compensation.lender_shares
    if own and own.value and pack.compensation.guarantor_share.value:
        banks = ", ".join(bank for row in own.value for bank in row.bank_codes)
        yield Question(
            "guarantor-bears-nothing",
            "compensation.lender_shares",
            f"{banks} 的分担比例中没有担保机构，其 {pack.compensation.guarantor_share.value} 对这些银行不适用；"
            "此产品不分银行的，请在 without 中写明 compensation.lender_shares",
            f"the shares of {banks} leave the guarantor out, whose {pack.compensation.guarantor_share.value} holds for "
            "other banks only; where this product has one rule for all, name compensation.lender_shares in `without`",
        )


def _offices(pack: "PolicyPack") -> Iterator[Question]:
    subsidy = pack.subsidy
    for key in ("preparer", "approver"):
        if getattr(subsidy, key).value == subsidy.reviewer.value:
            yield Question(
                "same-office",
                f"subsidy.{key}",
                "与复核部门相同，同一部门自行复核",
                "is the office that reviews, so that it reviews its own work",
            )
