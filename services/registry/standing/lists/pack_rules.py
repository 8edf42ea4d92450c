"""What a county's pack says about lists, with the origin of every value."""

from services.registry.standing.lists.rules import ListEffectRules
from shared.policy.pack import PolicyPack
from shared.policy.sourced import Sourced


def list_effect_rules(pack: PolicyPack) -> ListEffectRules:
    """Return what the county's lists bar."""
    barred, bars_support = pack.eligibility.barred_by_lists, pack.lists.blacklist_bars_support
    clauses = {"barred_by_lists": _origin(barred), "blacklist_bars_support": _origin(bars_support)}
    return ListEffectRules(barred.value, bars_support.value, clauses)


def _origin(value: Sourced[bool]) -> str:
    return ", ".join(value.clause or value.after or ("assumed",))
