"""Values that a pack can have and under which nobody could borrow, or a step of every loan would be refused.

Asked like `implausible` when a pack is written and when it is submitted, never of a pack that is in force.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from shared.policy.contradictions import Finding
from shared.policy.vocabulary import OWN_USE

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack

MONTHS_PER_YEAR: Final = 12
# Lists of which every loan needs one entry, and what an empty one would mean.
_NEVER_EMPTY: Final = {
    "purposes.allowed": ("任何用途都会被拒绝", "every purpose would be refused"),
    "entities.modes": ("任何使用方式都会被拒绝", "every way to use a loan would be refused"),
    "lending.lender_kinds": ("没有银行可以放贷", "no bank could lend"),
    "lending.securities": ("任何担保方式都会被拒绝", "every security would be refused"),
    "interest.rate_tenors": ("没有利率可用", "no rate could be found"),
    "fund.managers": ("无人可以开立基金、支付代偿", "nobody could open the fund or pay a claim"),
    "fund.paid_in_by": ("无人可以注入资金", "nobody could pay into the fund"),
}


def blocking(pack: "PolicyPack") -> Iterator[Finding]:
    """Yield a finding for every value under which no loan of the county could come about."""
    yield from _empty(pack)
    yield from _too_old(pack)
    yield from _only_through_entities(pack)


def _empty(pack: "PolicyPack") -> Iterator[Finding]:
    for key, (zh, en) in _NEVER_EMPTY.items():
        section, _, name = key.partition(".")
        held = getattr(getattr(pack, section), name)
        if held is not None and not held.value:
            yield Finding(key, f"为空，{zh}，请至少写一项", f"is empty, so that {en}; name at least one")
    covered = pack.lending.covered_by_fund
    if (covered is None or covered.value) and not pack.compensation.waits.value:
        yield Finding(
            "compensation.waits",
            "为空，任何损失都不予代偿；请写明代偿的情形，不由基金代偿的产品请写 lending.covered_by_fund: false",
            "is empty, so that no loss is ever compensated; name the causes, or write lending.covered_by_fund: false",
        )


def _too_old(pack: "PolicyPack") -> Iterator[Finding]:
    together, youngest = pack.eligibility.age_plus_term_max_years, pack.eligibility.age_min_years.value
    shortest = pack.lending.term_months_min.value
    if together and youngest * MONTHS_PER_YEAR + shortest > together.value * MONTHS_PER_YEAR:
        yield Finding(
            "eligibility.age_plus_term_max_years",
            f"小于最低年龄 {youngest} 岁加最短期限 {shortest} 个月，将无人可以借款",
            f"is below the youngest age {youngest} plus the shortest term of {shortest} months, so nobody could borrow",
        )


def _only_through_entities(pack: "PolicyPack") -> Iterator[Finding]:
    banned = pack.entities.enterprise_use_banned_after
    own_use = OWN_USE & set(pack.entities.modes.value)
    if pack.entities.modes.value and banned and banned.value < pack.header.effective_from and not own_use:
        yield Finding(
            "entities.modes",
            f"自 {banned.value} 起企业不得使用贷款，而此处没有 direct 或 joint（自用、合作），任何贷款都会被拒绝",
            f"entities use no loan after {banned.value} and neither direct nor joint is offered: every loan is refused",
        )
