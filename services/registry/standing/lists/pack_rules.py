"""What a county's pack says about lists, with the origin of every value."""

from typing import Any

from services.registry.standing.lists.rules import Effect, ListEffectRules
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Sourced


def list_effect_rules(pack: PolicyPack) -> ListEffectRules:
    """Return what the county's lists bar."""
    barred, bars_support = pack.eligibility.barred_by_lists, pack.lists.blacklist_bars_support
    clauses = {"barred_by_lists": _origin(barred), "blacklist_bars_support": _origin(bars_support)}
    sanctions = pack.lists.sanctions
    if sanctions is None:
        return ListEffectRules(barred.value, bars_support.value, clauses)
    clauses["sanctions"] = _origin(sanctions)
    return ListEffectRules(barred.value, bars_support.value, clauses, sanctions.value)


def incentives_of(pack: PolicyPack) -> tuple[Effect, ...]:
    """Return what the county's offices do together for who keeps faith (守信联合激励, ZJ-8)."""
    incentives = pack.lists.incentives
    if incentives is None:
        return ()
    return tuple(Effect(each.code, each.zh, each.en, _origin(incentives)) for each in incentives.value)


def _origin(value: Sourced[Any]) -> str:
    return ", ".join(value.clause or value.after or ("assumed",))
