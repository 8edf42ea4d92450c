"""How much direct grants may come to: the standard of a project, a household's total, the county's average. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.subsidy.grants.refusals import (
    AgreementMissing,
    GrantAboveStandard,
    GrantAverageExceeded,
    GrantHouseholdListed,
    GrantHouseholdUnknown,
    GrantTotalExceeded,
)
from shared.dates import add_months

if TYPE_CHECKING:
    from shared.policy.pack import PolicyPack


@dataclass(frozen=True, slots=True)
class GrantRules:
    """What a county's pack says of direct grants; None where it says nothing.

    Args:
        total_max: most that one household gets in all, in yuan.
        average_max: most that the county's households with a grant get on average, in yuan.
        agreement_years_min: shortest rolling-development agreement, in years.
        after_acceptance: whether nothing is paid before the project is accepted.
        by_standard: whether every grant follows the county's list of standards.
        bars_listed: whether a household on the blacklist gets nothing until its entry is cleared (LG-22).
    """

    total_max: Decimal | None
    average_max: Decimal | None
    agreement_years_min: int | None
    after_acceptance: bool
    by_standard: bool
    bars_listed: bool


def rules_of(pack: "PolicyPack | None") -> GrantRules:
    """Return what a pack says of direct grants; without one grants follow the acceptance and the blacklist."""
    direct = pack.direct_grant if pack else None
    standards = pack.subsidy.grant_standards if pack else None
    average = direct.household_average_max if direct else None
    return GrantRules(
        total_max=direct.household_total_max.value if direct else None,
        average_max=average.value if average else None,
        agreement_years_min=direct.agreement_years_min.value if direct else None,
        after_acceptance=direct.paid_after_acceptance.value if direct else True,
        by_standard=standards.value if standards else False,
        bars_listed=pack.list_rule().blacklist_bars_support if pack else True,
    )


def ensure_granted(line: Mapping[str, Any], rules: GrantRules, on: date) -> None:
    """Refuse a household's grant that its standard, its total or its agreement does not bear.

    Args:
        line: `household_id`, `amount`, `known` (lives where the project is), `listed` (on the blacklist on the day),
            `standard_max` (yuan by the standard, None
            without one), `total` (yuan, with this grant), `valid_from` and `valid_until` of the household's
            rolling-development agreement in force, None without one.
        on: the day of the decision.

    Raises:
        GrantHouseholdUnknown, GrantHouseholdListed, GrantAboveStandard, GrantTotalExceeded, AgreementMissing.
    """
    household_id: UUID = line["household_id"]
    if not line["known"]:
        raise GrantHouseholdUnknown(household_id)
    if line["listed"] and rules.bars_listed:
        raise GrantHouseholdListed(household_id)
    if (line["standard_max"] is None and rules.by_standard) or (
        line["standard_max"] is not None and line["amount"] > line["standard_max"]
    ):
        raise GrantAboveStandard(household_id, line["amount"], line["standard_max"])
    if rules.total_max is not None and line["total"] > rules.total_max:
        raise GrantTotalExceeded(household_id, line["total"], rules.total_max)
    years = rules.agreement_years_min
    if years is not None and not _long_enough(line["valid_from"], line["valid_until"], years, on):
        raise AgreementMissing(household_id, years)


def _long_enough(valid_from: date | None, valid_until: date | None, years: int, on: date) -> bool:
    if valid_from is None or valid_until is None:
        return False
    return valid_from <= on < valid_until and valid_until >= add_months(valid_from, 12 * years)


def ensure_average(total: Decimal, households: int, rules: GrantRules) -> None:
    """Refuse grants that raise the county's average above its cap (户均累计, ZJ-6(a)).

    Args:
        total: all grants of the county, this list's with them, in yuan.
        households: how many households get them, each counted once.

    Raises:
        GrantAverageExceeded.
    """
    if rules.average_max is not None and total > rules.average_max * households:
        raise GrantAverageExceeded(total, households, rules.average_max)
