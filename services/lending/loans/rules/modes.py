"""Until which day a loan may be granted for use by an enterprise (户贷企用, LG-28). Pure."""

from datetime import date

from shared.policy.terms import EntityRules
from shared.policy.vocabulary import OWN_USE


def is_banned(mode: str, rules: EntityRules, granted_on: date) -> bool:
    """Return whether an entity may not use a loan of this mode granted on that day; the last day it still may (LG-28).

    What counts is the day the money is paid out, not that of the application.
    """
    last = rules.enterprise_use_banned_after
    return mode not in OWN_USE and last is not None and granted_on > last
