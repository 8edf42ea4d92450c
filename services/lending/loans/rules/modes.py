"""Until which day a loan may be granted for use by an enterprise (户贷企用, LG-28). Pure."""

from datetime import date

from shared.policy.terms import EntityRules
from shared.policy.vocabulary import LoanMode


def is_banned(mode: str, rules: EntityRules, granted_on: date) -> bool:
    """Tell whether a loan granted on that day may not be used by an enterprise; the last day still may (LG-28).

    What counts is the day the money is paid out, not that of the application.
    """
    last = rules.enterprise_use_banned_after
    return mode == LoanMode.ENTERPRISE_USE and last is not None and granted_on > last
