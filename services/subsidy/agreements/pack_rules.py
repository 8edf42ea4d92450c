"""What a county's pack asks of agreements, as the rules take it."""

from decimal import Decimal
from typing import Final

from services.subsidy.agreements.refusals import PrincipalElsewhere
from services.subsidy.agreements.rules.completeness import WITH_ENTITY, Bounds
from shared.languages import Sentence
from shared.policy.pack import PolicyPack
from shared.policy.vocabulary import RegionLevel

_DIGITS: Final = {RegionLevel.COUNTY: 6, RegionLevel.TOWNSHIP: 9, RegionLevel.VILLAGE: 12}


def ensure_returns_to(pack: PolicyPack | None, region_code: str) -> None:
    """Refuse principal that goes elsewhere than to the collective that the document names (ZJ-5(d)).

    Raises:
        PrincipalElsewhere: the place is of another level.
    """
    equity = pack.equity_dividend if pack else None
    level = equity.principal_returns_to.value if equity else RegionLevel.VILLAGE
    if len(region_code) != _DIGITS.get(level):
        raise PrincipalElsewhere(region_code, level)


def needs_successor(pack: PolicyPack | None, kind: str) -> bool:
    """Return whether another entity is to be found when an agreement with one ends early (ZJ-5(e))."""
    equity = pack.equity_dividend if pack else None
    return kind in WITH_ENTITY and bool(equity and equity.successor and equity.successor.value)


def bounds_of(pack: PolicyPack) -> Bounds:
    """Return the bounds of the pack's agreements; a section that a county lacks asks nothing (ZJ-4, ZJ-5, FJ-9)."""
    guaranteed, equity, grants, models = pack.guaranteed_dividend, pack.equity_dividend, pack.direct_grant, pack.linkage
    years = {
        "guaranteed": guaranteed.term_years_min.value if guaranteed else 0,
        "equity": equity.term_years_min.value if equity else 0,
        "rolling_development": grants.agreement_years_min.value if grants else 0,
    }
    named = equity.negotiated_by.value if equity and equity.negotiated_by else ()
    return Bounds(
        guaranteed_rate_min=guaranteed.rate_min.value if guaranteed else None,
        guaranteed_rises=bool(guaranteed and guaranteed.rises_every_year.value),
        security_ratio_min=guaranteed.security_ratio_min.value if guaranteed else Decimal(0),
        household_share_min=equity.household_share_min.value if equity else None,
        delegate=bool(equity and equity.delegate and equity.delegate.value),
        negotiated_by={each.code: Sentence(each.zh, each.en) for each in named},
        years_min=years,
        models={each.code: each for each in models.models.value} if models else {},
    )
