"""What cannot be true together in one pack, found before anyone is rated or lent to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from shared.policy.vocabulary import ApprovalLevel, DueKind, RateBasis, RateColumn
from shared.regions import is_within

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack
    from shared.policy.rating_terms import GradeBand, GradeLimit, Indicator
    from shared.policy.terms import RateTenor

Finding = tuple[str, str]
POINTS_IN_FULL = Decimal(100)
CREDIT_AREAS = ("group", "village", "township")


def contradictions(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield (key path, what is wrong and what to do) for everything in the pack that cannot be true together."""
    yield from _header(pack)
    yield from _eligibility(pack)
    yield from _purposes(pack)
    yield from _indicators(pack)
    yield from _grades(pack)
    yield from _demonstrations(pack)
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


def _header(pack: "PolicyPack") -> Iterator[Finding]:
    header = pack.header
    if not header.regions:
        yield "header.regions", "names no region, so the pack would hold nowhere; name at least one code"
    for place, region in enumerate(header.regions):
        around = [other for at, other in enumerate(header.regions) if at != place and is_within(region, other)]
        if around:
            yield "header.regions", f"{region} lies within {around[0]}, which is named too; keep one of them"
            break
    if header.supersedes is not None and header.supersedes >= header.version:
        yield "header.supersedes", "names a version that is not earlier than `version`"


def _eligibility(pack: "PolicyPack") -> Iterator[Finding]:
    oldest = pack.eligibility.age_max_years
    if oldest and oldest.value < pack.eligibility.age_min_years.value:
        yield "eligibility.age_max_years", "is below age_min_years, so nobody could borrow; swap or correct them"
    if not pack.eligibility.eligible_states.value:
        yield "eligibility.eligible_states", "is empty, so nobody could borrow; name at least one state"
    if twice := _repeated(term.code for term in pack.eligibility.exclusions.value):
        yield "eligibility.exclusions", f"names {twice[0]} twice; remove one"


def _purposes(pack: "PolicyPack") -> Iterator[Finding]:
    allowed = [purpose.code for purpose in pack.purposes.allowed.value]
    forbidden = [term.code for term in pack.purposes.forbidden.value]
    industries = {term.code for term in pack.purposes.industries.value}
    for purpose in pack.purposes.allowed.value:
        if purpose.industry is not None and purpose.industry not in industries:
            yield "purposes.allowed", f"{purpose.code} names the industry {purpose.industry}, which is not listed"
    for code in _repeated(allowed + forbidden):
        yield "purposes.forbidden", f"{code} is named twice among allowed and forbidden purposes; keep one"
    if pack.purposes.industries_per_borrower_min.value > pack.purposes.industries_per_borrower_max.value:
        yield "purposes.industries_per_borrower_min", "is above industries_per_borrower_max"


def _indicators(pack: "PolicyPack") -> Iterator[Finding]:
    yield from _points("rating.indicators", pack.rating.indicators.value)
    schemes = pack.rating.bank_schemes.value if pack.rating.bank_schemes else ()
    for bank in _repeated(scheme.bank_code for scheme in schemes):
        yield "rating.bank_schemes", f"{bank} has two standards; keep one"
    for scheme in schemes:
        yield from _points("rating.bank_schemes", scheme.indicators)


def _points(key: str, indicators: "Sequence[Indicator]") -> Iterator[Finding]:
    by_code = {indicator.code: indicator for indicator in indicators}
    for code in _repeated(indicator.code for indicator in indicators):
        yield key, f"{code} is named twice; keep one"
    for indicator in indicators:
        divisor = by_code.get(indicator.per) if indicator.per is not None else None
        if indicator.per is not None and divisor is None:
            yield key, f"{indicator.code} is divided by {indicator.per}, which is not an indicator"
        # A better answer must never cost points: only a divisor that is better when higher, under a value that is
        # better when lower, keeps that promise.
        elif divisor and (divisor.better_when != "higher" or indicator.better_when != "lower"):
            yield key, f"a better {indicator.per} could lower the points of {indicator.code}; do not divide by it"
        thresholds = [step.threshold for step in indicator.steps]
        ordered = thresholds if indicator.better_when == "higher" else thresholds[::-1]
        points = [step.points for step in indicator.steps]
        if not points or not _ascending(points) or not _ascending(ordered) or points[0] < 0:
            yield key, f"the steps of {indicator.code} must rise from the fewest points to the most"
    full = sum((indicator.points_max for indicator in indicators if indicator.steps), Decimal(0))
    if full != POINTS_IN_FULL:
        yield key, f"the most points of all indicators add up to {full}; they must add up to 100"


def _grades(pack: "PolicyPack") -> Iterator[Finding]:
    rating, cap = pack.rating, pack.lending.household_cap.value
    for where, what in _bands(rating.grade_limits.value, rating.grade_bands.value, rating.promotion_path.value, cap):
        yield f"rating.{where}", what
    for scheme in rating.bank_schemes.value if rating.bank_schemes else ():
        for where, what in _bands(scheme.grade_limits, scheme.grade_bands, scheme.promotion_path, cap):
            yield "rating.bank_schemes", f"{scheme.bank_code}, {where}: {what}"


def _bands(
    best_first: "Sequence[GradeLimit]", bands: "Sequence[GradeBand]", path: Sequence[str], cap: Decimal
) -> Iterator[Finding]:
    credit_limits = {grade.code: grade.credit_limit for grade in best_first}
    if len(credit_limits) != len(best_first) or not best_first:
        yield "grade_limits", "name each grade once, and at least one"
        return
    if [band.code for band in bands] != list(credit_limits):
        yield "grade_bands", "name the same grades as grade_limits in the same order"
    if not _ascending([band.score_min for band in bands[::-1]]) or any(band.score_min < 0 for band in bands):
        yield "grade_bands", "list the best grade first; each next one needs a lower score_min, none below zero"
    if not _ascending([grade.credit_limit for grade in best_first[::-1]]) or best_first[-1].credit_limit <= 0:
        yield "grade_limits", "a better grade needs a higher credit limit, and every credit limit is above zero"
    if max(credit_limits.values()) > cap:
        yield "grade_limits", f"the credit limit {max(credit_limits.values())} is above lending.household_cap {cap}"
    if unknown := [code for code in path if code not in credit_limits]:
        yield "promotion_path", f"{unknown[0]} is not a grade; use the codes of rating.grade_limits"
    elif not _ascending([credit_limits[code] for code in path]):
        yield "promotion_path", "must rise: the worst grade first"


def _demonstrations(pack: "PolicyPack") -> Iterator[Finding]:
    rating = pack.rating
    for threshold in rating.area_thresholds.value:
        if not 0 < threshold.share_min <= 1:
            yield "rating.area_thresholds", f"the share of the {threshold.level} lies above 0 and is at most 1"
        if threshold.level not in CREDIT_AREAS:
            yield "rating.area_thresholds", f"{threshold.level} is none of {', '.join(CREDIT_AREAS)}"
    for level in _repeated(threshold.level for threshold in rating.area_thresholds.value):
        yield "rating.area_thresholds", f"{level} has two thresholds; keep one"
    for key in ("demonstration_village_criteria", "demonstration_household_criteria"):
        leaf = getattr(rating, key)
        if leaf is not None and (not leaf.value or _repeated(leaf.value)):
            yield f"rating.{key}", "name each criterion once, and at least one, or leave the key out"


def _approval(pack: "PolicyPack") -> Iterator[Finding]:
    steps = pack.approval.steps.value
    levels = [step.level for step in steps]
    if not levels or levels[-1] is not ApprovalLevel.BANK:
        yield "approval.steps", "the last step is the bank; add it"
    order = list(ApprovalLevel)
    if not _ascending([order.index(level) for level in levels]):
        yield "approval.steps", f"keep the order {', '.join(order)} and each level at most once"
    for step in steps:
        if not step.signers or _repeated(step.signers):
            yield "approval.steps", f"the level {step.level} needs at least one signer, each named once"
    for document in pack.approval.documents.value:
        if document.before not in levels:
            yield "approval.documents", f"{document.code} is due before {document.before}, which is not a step"


def _loan(pack: "PolicyPack") -> Iterator[Finding]:
    lending = pack.lending
    if not 0 < lending.amount_min.value <= lending.amount_max.value:
        yield "lending.amount_min", "must be above zero and not above amount_max"
    if lending.household_cap.value < lending.amount_max.value:
        yield "lending.household_cap", "is below amount_max, so the largest loan could never be granted"
    if lending.term_months_min.value > lending.term_months_max.value:
        yield "lending.term_months_min", "is above term_months_max"
    yield from _tenors("interest.rate_tenors", pack.interest.rate_basis.value, pack.interest.rate_tenors.value, pack)
    day = pack.interest.settlement_day.value
    if not 1 <= day.month <= 12 or not 1 <= day.day <= 31:
        yield "interest.settlement_day", "is no day of the year; write month 1 to 12 and day 1 to 31"
    if 12 % pack.interest.settlement_period_months.value:
        yield "interest.settlement_period_months", "must divide a year: 1, 2, 3, 4, 6 or 12"


def _tenors(key: str, basis: RateBasis, tenors: "Sequence[RateTenor]", pack: "PolicyPack") -> Iterator[Finding]:
    months = [tenor.up_to_months for tenor in tenors]
    if not months or not _ascending(months) or months[-1] < pack.lending.term_months_max.value:
        yield key, "must rise and reach lending.term_months_max"
    if basis is RateBasis.LPR and any(tenor.column is RateColumn.OVER_1Y_TO_5Y for tenor in tenors):
        yield key, "the LPR is published for up_to_1y and over_5y only; choose one of these columns"


def _repayment(pack: "PolicyPack") -> Iterator[Finding]:
    if sorted(pack.repayment.allocation_order.value) != sorted(DueKind):
        yield "repayment.allocation_order", f"must name each of {', '.join(DueKind)} once"
    bands = [band.days_overdue_min for band in pack.repayment.class_bands.value]
    if not bands or bands[0] != 0 or not _ascending(bands):
        yield "repayment.class_bands", "must start at 0 days overdue and rise"
    days = [reminder.days_before for reminder in pack.follow_up.reminders.value]
    if not _ascending(days[::-1]):
        yield "follow_up.reminders", "list the earliest reminder (most days before) first, each once"


def _subsidy(pack: "PolicyPack") -> Iterator[Finding]:
    subsidy = pack.subsidy
    if 12 % subsidy.period_months.value:
        yield "subsidy.period_months", "must divide a year: 1, 2, 3, 4, 6 or 12"
    if len({subsidy.preparer.value, subsidy.approver.value}) == 1:
        yield "subsidy.approver", "must be another office than the preparer"
    if subsidy.rate_cap:
        yield from _tenors("subsidy.rate_cap", subsidy.rate_cap.value.basis, subsidy.rate_cap.value.tenors, pack)
    if any(not 0 <= later.share <= 1 for later in (subsidy.later_shares.value if subsidy.later_shares else ())):
        yield "subsidy.later_shares", "each share lies between 0 and 1"
    for programme in pack.programmes:
        if programme.starts_on.value > programme.ends_on.value:
            yield "programmes", f"the programme of {programme.year.value} ends before it starts"


def _losses(pack: "PolicyPack") -> Iterator[Finding]:
    compensation = pack.compensation
    shares = compensation.fund_share.value + compensation.bank_share.value + compensation.guarantor_share.value
    if shares != 1:
        yield "compensation.fund_share", f"fund, bank and guarantor share add up to {shares}; they must add up to 1"
    for cause in _repeated(wait.cause for wait in compensation.waits.value):
        yield "compensation.waits", f"{cause} has two waiting times; keep one"
    if any(wait.months < 0 or wait.days < 0 for wait in compensation.waits.value):
        yield "compensation.waits", "a waiting time is not negative"
    if pack.fund.multiplier.value < 1:
        yield "fund.multiplier", "is below 1; write 10 for one to ten"
    if pack.fund.replenish_step.value <= 0:
        yield "fund.replenish_step", 'must be above zero; write "0.01" for any amount'


def _deposit(pack: "PolicyPack") -> Iterator[Finding]:
    bands = pack.deposit.bands.value if pack.deposit else ()
    if not _ascending([band.amount_min for band in bands]):
        yield "deposit.bands", "must rise by amount_min"
    if any(not 0 <= band.rate <= 1 for band in bands):
        yield "deposit.bands", 'a rate lies between 0 and 1; write "0.05" for five percent'
    for lower, upper in pairwise(bands):
        if lower.amount_max != upper.amount_min or upper.amount_min_included:
            yield "deposit.bands", "each band starts just above where the one before it ends"
