"""Which checks an application must have passed before it goes to the bank. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from shared.policy.sections import FollowUpSection

AFTER: Final = "after"  # made again and again while the loan runs: a duty of the loan, not of its application


def checks_before_hand_over(rule: FollowUpSection) -> tuple[str, ...]:
    """Return the codes of the checks that the county makes before the loan, in their order. Clause: JN-5(b)."""
    return tuple(each.code for each in rule.checks.value if each.code != AFTER) if rule.checks else ()


def lacking(asked: Sequence[str], outcomes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the checks that are not found fit; `outcomes` holds the last outcome of each that was made."""
    return tuple(code for code in asked if outcomes.get(code) != "fit")
