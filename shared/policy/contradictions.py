"""What cannot be true together in one pack, found before anyone is rated or lent to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from shared.policy.vocabulary import ApprovalLevel, DueKind, LoanClass, RateBasis, RateColumn

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack
    from shared.policy.rate_terms import RateTenor
    from shared.policy.rating_terms import GradeBand, GradeLimit, Indicator

POINTS_IN_FULL = Decimal(100)
TOLERANCE_MAX = Decimal("1.00")  # yuan
CREDIT_AREAS = ("group", "village", "township")


class Finding(NamedTuple):
    """The key of a value that cannot stand, and in both languages what is wrong and what to do, without a full stop."""

    key: str
    zh: str
    en: str


def contradictions(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for everything in the pack that cannot be true together."""
    yield from _indicators(pack)
    yield from _grades(pack)
    yield from _demonstrations(pack)
    yield from contradictions_of_product(pack)


def contradictions_of_product(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for everything that cannot be true together within one product."""
    yield from _eligibility(pack)
    yield from _purposes(pack)
    yield from _approval(pack)
    yield from _loan(pack)
    yield from _repayment(pack)
    yield from _subsidy(pack)
    yield from _losses(pack)
    yield from _deposit(pack)


def _repeated(codes: Iterable[object]) -> list[object]:
    return [code for code, times in Counter(codes).items() if times > 1]


def _ascending(values: Sequence[Decimal | int]) -> bool:
    return all(low < high for low, high in pairwise(values))


def _eligibility(pack: "PolicyPack") -> Iterator[Finding]:
    oldest = pack.eligibility.age_max_years
    if oldest and oldest.value < pack.eligibility.age_min_years.value:
        yield Finding(
            "eligibility.age_max_years",
            "小于 age_min_years，将无人可以借款，请对调或更正",
            "is below age_min_years, so nobody could borrow; swap or correct them",
        )
    if not pack.eligibility.eligible_states.value:
        yield Finding(
            "eligibility.eligible_states",
            "为空，将无人可以借款，请至少写一种状态",
            "is empty, so nobody could borrow; name at least one state",
        )
    if twice := _repeated(term.code for term in pack.eligibility.exclusions.value):
        yield Finding(
            "eligibility.exclusions", f"{twice[0]} 写了两次，请删去一个", f"names {twice[0]} twice; remove one"
        )


def _purposes(pack: "PolicyPack") -> Iterator[Finding]:
    allowed = [purpose.code for purpose in pack.purposes.allowed.value]
    forbidden = [term.code for term in pack.purposes.forbidden.value]
    industries = {term.code for term in pack.purposes.industries.value}
    for purpose in pack.purposes.allowed.value:
        if purpose.industry is not None and purpose.industry not in industries:
            yield Finding(
                "purposes.allowed",
                f"{purpose.code} 所写的产业 {purpose.industry} 不在产业清单中",
                f"{purpose.code} names the industry {purpose.industry}, which is not listed",
            )
    for code in _repeated(allowed + forbidden):
        yield Finding(
            "purposes.forbidden",
            f"{code} 在允许和禁止的用途中出现两次，请只保留一个",
            f"{code} is named twice among allowed and forbidden purposes; keep one",
        )
    if pack.purposes.industries_per_borrower_min.value > pack.purposes.industries_per_borrower_max.value:
        yield Finding(
            "purposes.industries_per_borrower_min",
            "大于 industries_per_borrower_max",
            "is above industries_per_borrower_max",
        )


def _indicators(pack: "PolicyPack") -> Iterator[Finding]:
    yield from _points("rating.indicators", pack.rating.indicators.value)
    schemes = pack.rating.bank_schemes.value if pack.rating.bank_schemes else ()
    for bank in _repeated(scheme.bank_code for scheme in schemes):
        yield Finding("rating.bank_schemes", f"{bank} 有两套标准，请只保留一套", f"{bank} has two standards; keep one")
    for scheme in schemes:
        yield from _points("rating.bank_schemes", scheme.indicators)


def _points(key: str, indicators: "Sequence[Indicator]") -> Iterator[Finding]:
    by_code = {indicator.code: indicator for indicator in indicators}
    for code in _repeated(indicator.code for indicator in indicators):
        yield Finding(key, f"{code} 写了两次，请只保留一个", f"{code} is named twice; keep one")
    for indicator in indicators:
        divisor = by_code.get(indicator.per) if indicator.per is not None else None
        if indicator.per is not None and divisor is None:
            yield Finding(
                key,
                f"{indicator.code} 的除数 {indicator.per} 不是评分指标",
                f"{indicator.code} is divided by {indicator.per}, which is not an indicator",
            )
        # A better answer must never cost points: only a divisor that is better when higher, under a value that is
        # better when lower, keeps that promise.
        elif divisor and (divisor.better_when != "higher" or indicator.better_when != "lower"):
            yield Finding(
                key,
                f"{indicator.per} 改善反而可能降低 {indicator.code} 的得分，请不要以它为除数",
                f"a better {indicator.per} could lower the points of {indicator.code}; do not divide by it",
            )
        thresholds = [step.threshold for step in indicator.steps]
        ordered = thresholds if indicator.better_when == "higher" else thresholds[::-1]
        points = [step.points for step in indicator.steps]
        if not points or not _ascending(points) or not _ascending(ordered) or points[0] < 0:
            yield Finding(
                key,
                f"{indicator.code} 的分档须按得分从低到高排列",
                f"the steps of {indicator.code} must rise from the fewest points to the most",
            )
    full = sum((indicator.points_max for indicator in indicators if indicator.steps), Decimal(0))
    if full != POINTS_IN_FULL:
        yield Finding(
            key,
            f"各指标最高分合计为 {full} 分，须为 100 分",
            f"the most points of all indicators add up to {full}; they must add up to 100",
        )


def _grades(pack: "PolicyPack") -> Iterator[Finding]:
    rating, cap = pack.rating, pack.lending.household_cap.value
    for found in _bands(rating.grade_limits.value, rating.grade_bands.value, rating.promotion_path.value, cap):
        yield found._replace(key=f"rating.{found.key}")
    for scheme in rating.bank_schemes.value if rating.bank_schemes else ():
        for found in _bands(scheme.grade_limits, scheme.grade_bands, scheme.promotion_path, cap):
            bank = scheme.bank_code
            said = (f"{bank}，{found.key}：{found.zh}", f"{bank}, {found.key}: {found.en}")
            yield Finding("rating.bank_schemes", *said)


def _bands(
    best_first: "Sequence[GradeLimit]", bands: "Sequence[GradeBand]", path: Sequence[str], cap: Decimal
) -> Iterator[Finding]:
    credit_limits = {grade.code: grade.limit_or_none for grade in best_first}
    if len(credit_limits) != len(best_first) or not best_first:
        yield Finding("grade_limits", "每个等级须写且只写一次，至少一个", "name each grade once, and at least one")
        return
    if [band.code for band in bands] != list(credit_limits):
        yield Finding(
            "grade_bands",
            "等级及其顺序须与 grade_limits 相同",
            "name the same grades as grade_limits in the same order",
        )
    if not _ascending([band.score_min for band in bands[::-1]]) or any(band.score_min < 0 for band in bands):
        yield Finding(
            "grade_bands",
            "须从最高等级开始排列，score_min 逐级降低且不小于零",
            "list the best grade first; each next one needs a lower score_min, none below zero",
        )
    if max(credit_limits.values()) > cap:
        yield Finding(
            "grade_limits",
            f"授信额度 {max(credit_limits.values())} 超过 lending.household_cap {cap}",
            f"the credit limit {max(credit_limits.values())} is above lending.household_cap {cap}",
        )
    if unknown := [code for code in path if code not in credit_limits]:
        yield Finding(
            "promotion_path",
            f"{unknown[0]} 不是信用等级，请使用 rating.grade_limits 中的代码",
            f"{unknown[0]} is not a grade; use the codes of rating.grade_limits",
        )
    elif not _ascending([list(credit_limits).index(code) for code in path[::-1]]):
        yield Finding("promotion_path", "须由低到高排列，最低等级在前", "must rise: the worst grade first")


def _demonstrations(pack: "PolicyPack") -> Iterator[Finding]:
    rating = pack.rating
    for threshold in rating.area_thresholds.value:
        if not 0 < threshold.share_min <= 1:
            yield Finding(
                "rating.area_thresholds",
                f"{threshold.level} 的占比须大于 0 且不大于 1",
                f"the share of the {threshold.level} lies above 0 and is at most 1",
            )
        if threshold.level not in CREDIT_AREAS:
            yield Finding(
                "rating.area_thresholds",
                f"{threshold.level} 不属于 {'、'.join(CREDIT_AREAS)}",
                f"{threshold.level} is none of {', '.join(CREDIT_AREAS)}",
            )
    for level in _repeated(threshold.level for threshold in rating.area_thresholds.value):
        yield Finding(
            "rating.area_thresholds", f"{level} 有两个标准，请只保留一个", f"{level} has two thresholds; keep one"
        )
    for key in ("demonstration_village_criteria", "demonstration_household_criteria"):
        leaf = getattr(rating, key)
        if leaf is not None and (not leaf.value or _repeated(leaf.value)):
            yield Finding(
                f"rating.{key}",
                "每项标准须写且只写一次，至少一项；不需要时请省略此键",
                "name each criterion once, and at least one, or leave the key out",
            )


def _approval(pack: "PolicyPack") -> Iterator[Finding]:
    steps = pack.approval.steps.value
    levels = [step.level for step in steps]
    if not levels or levels[-1] is not ApprovalLevel.BANK:
        yield Finding("approval.steps", "最后一个环节须为银行，请补充", "the last step is the bank; add it")
    order = list(ApprovalLevel)
    if not _ascending([order.index(level) for level in levels]):
        yield Finding(
            "approval.steps",
            f"须按 {'、'.join(order)} 的顺序排列，每级至多一次",
            f"keep the order {', '.join(order)} and each level at most once",
        )
    for step in steps:
        if not step.signers or _repeated(step.signers):
            yield Finding(
                "approval.steps",
                f"{step.level} 级至少要有一个签署单位，每个单位只写一次",
                f"the level {step.level} needs at least one signer, each named once",
            )
    for document in pack.approval.documents.value:
        if document.before not in levels:
            yield Finding(
                "approval.documents",
                f"{document.code} 须在 {document.before} 之前提交，但该环节不存在",
                f"{document.code} is due before {document.before}, which is not a step",
            )


def _loan(pack: "PolicyPack") -> Iterator[Finding]:
    lending = pack.lending
    if not 0 < lending.amount_min.value <= lending.amount_max.value:
        yield Finding(
            "lending.amount_min", "须大于零且不大于 amount_max", "must be above zero and not above amount_max"
        )
    if lending.household_cap.value < lending.amount_max.value:
        yield Finding(
            "lending.household_cap",
            "小于 amount_max，最大额度的贷款将无法发放",
            "is below amount_max, so the largest loan could never be granted",
        )
    if lending.term_months_min.value > lending.term_months_max.value:
        yield Finding("lending.term_months_min", "大于 term_months_max", "is above term_months_max")
    yield from _tenors("interest.rate_tenors", pack.interest.rate_basis.value, pack.interest.rate_tenors.value, pack)
    day = pack.interest.settlement_day.value
    if not 1 <= day.month <= 12 or not 1 <= day.day <= 31:
        yield Finding(
            "interest.settlement_day",
            "不是一年中的日期，月份请写 1 至 12，日期请写 1 至 31",
            "is no day of the year; write month 1 to 12 and day 1 to 31",
        )
    if 12 % pack.interest.settlement_period_months.value:
        yield Finding(
            "interest.settlement_period_months",
            "须能整除一年：1、2、3、4、6 或 12",
            "must divide a year: 1, 2, 3, 4, 6 or 12",
        )


def _tenors(key: str, basis: RateBasis, tenors: "Sequence[RateTenor]", pack: "PolicyPack") -> Iterator[Finding]:
    months = [tenor.up_to_months for tenor in tenors]
    if not months or not _ascending(months) or months[-1] < pack.lending.term_months_max.value:
        yield Finding(key, "须递增并达到 lending.term_months_max", "must rise and reach lending.term_months_max")
    if basis is RateBasis.LPR and any(tenor.column is RateColumn.OVER_1Y_TO_5Y for tenor in tenors):
        yield Finding(
            key,
            "LPR 只公布 up_to_1y 和 over_5y 两档，请选择其中之一",
            "the LPR is published for up_to_1y and over_5y only; choose one of these columns",
        )


def _repayment(pack: "PolicyPack") -> Iterator[Finding]:
    if sorted(pack.repayment.allocation_order.value) != sorted(DueKind):
        yield Finding(
            "repayment.allocation_order",
            f"须将 {'、'.join(DueKind)} 各写一次",
            f"must name each of {', '.join(DueKind)} once",
        )
    if pack.repayment.tolerance is not None and pack.repayment.tolerance.value > TOLERANCE_MAX:
        yield Finding(
            "repayment.tolerance",
            f"不得超过 {TOLERANCE_MAX} 元：尾差之外的减免须由两人决定",
            f"must be at most {TOLERANCE_MAX}: what is more than a small difference is remitted by two persons",
        )
    bands = [band.days_overdue_min for band in pack.repayment.class_bands.value]
    if not bands or bands[0] != 0 or not _ascending(bands):
        yield Finding("repayment.class_bands", "须从逾期 0 天开始并递增", "must start at 0 days overdue and rise")
    order, classes = list(LoanClass), [band.loan_class for band in pack.repayment.class_bands.value]
    if not _ascending([order.index(each) for each in classes]):
        yield Finding(
            "repayment.class_bands", "分类须随逾期天数逐级变差", "classes must get worse with the days overdue"
        )
    days = [reminder.days_before for reminder in pack.follow_up.reminders.value]
    if not _ascending(days[::-1]):
        yield Finding(
            "follow_up.reminders",
            "须从最早的提醒（提前天数最多）开始排列，每个只写一次",
            "list the earliest reminder (most days before) first, each once",
        )


def _subsidy(pack: "PolicyPack") -> Iterator[Finding]:
    subsidy = pack.subsidy
    if 12 % subsidy.period_months.value:
        yield Finding(
            "subsidy.period_months", "须能整除一年：1、2、3、4、6 或 12", "must divide a year: 1, 2, 3, 4, 6 or 12"
        )
    if len({subsidy.preparer.value, subsidy.approver.value}) == 1:
        yield Finding("subsidy.approver", "须与编制单位不同", "must be another office than the preparer")
    if subsidy.rate_cap:
        yield from _tenors("subsidy.rate_cap", subsidy.rate_cap.value.basis, subsidy.rate_cap.value.tenors, pack)
    if any(not 0 <= later.share <= 1 for later in (subsidy.later_shares.value if subsidy.later_shares else ())):
        yield Finding("subsidy.later_shares", "各比例须在 0 至 1 之间", "each share lies between 0 and 1")
    for programme in pack.programmes:
        if programme.starts_on.value > programme.ends_on.value:
            yield Finding(
                "programmes",
                f"{programme.year.value} 年贴息项目的截止日早于起始日",
                f"the programme of {programme.year.value} ends before it starts",
            )


def _losses(pack: "PolicyPack") -> Iterator[Finding]:
    compensation = pack.compensation
    shares = compensation.fund_share.value + compensation.bank_share.value + compensation.guarantor_share.value
    if shares != 1:
        yield Finding(
            "compensation.fund_share",
            f"基金、银行和担保机构的分担比例合计为 {shares}，须为 1",
            f"fund, bank and guarantor share add up to {shares}; they must add up to 1",
        )
    for cause in _repeated(wait.cause for wait in compensation.waits.value):
        yield Finding(
            "compensation.waits", f"{cause} 有两个等待期，请只保留一个", f"{cause} has two waiting times; keep one"
        )
    if any(wait.months < 0 or wait.days < 0 for wait in compensation.waits.value):
        yield Finding("compensation.waits", "等待期不得为负", "a waiting time is not negative")
    if pack.fund.multiplier.value < 1:
        yield Finding("fund.multiplier", "小于 1；一比十请写 10", "is below 1; write 10 for one to ten")
    if pack.fund.replenish_step.value <= 0:
        yield Finding(
            "fund.replenish_step", '须大于零；金额不限请写 "0.01"', 'must be above zero; write "0.01" for any amount'
        )


def _deposit(pack: "PolicyPack") -> Iterator[Finding]:
    bands = pack.deposit.bands.value if pack.deposit else ()
    if not _ascending([band.amount_min for band in bands]):
        yield Finding("deposit.bands", "须按 amount_min 递增", "must rise by amount_min")
    if any(not 0 <= band.rate <= 1 for band in bands):
        yield Finding(
            "deposit.bands",
            '比例须在 0 至 1 之间；百分之五请写 "0.05"',
            'a rate lies between 0 and 1; write "0.05" for five percent',
        )
    for lower, upper in pairwise(bands):
        if lower.amount_max != upper.amount_min or upper.amount_min_included:
            yield Finding(
                "deposit.bands",
                "每档须从上一档的上限之上开始",
                "each band starts just above where the one before it ends",
            )
