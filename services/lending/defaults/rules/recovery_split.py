"""What a recovery pays: principal and interest of the compensation, in the contract's order; pure."""

from collections.abc import Sequence
from decimal import Decimal


def split_recovery(
    amount: Decimal, principal_owed: Decimal, interest_owed: Decimal, allocation_order: Sequence[str]
) -> tuple[Decimal, Decimal]:
    """Return the principal and the interest in a recovery of at most what is owed, in yuan.

    The kind that the contract's allocation order names first is satisfied first. Clause: LG-40.
    """
    if amount > principal_owed + interest_owed:
        raise AssertionError(f"A recovery of {amount} is more than {principal_owed} and {interest_owed} owed.")
    if allocation_order.index("principal") < allocation_order.index("interest"):
        principal = min(amount, principal_owed)
    else:
        principal = amount - min(amount, interest_owed)
    return principal, amount - principal
