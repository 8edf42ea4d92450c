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


def split_recoveries(
    amounts: Sequence[Decimal], principal: Decimal, interest: Decimal, allocation_order: Sequence[str]
) -> list[tuple[Decimal, Decimal]]:
    """Return the principal and the interest in each of several recoveries, one after the other, in yuan.

    `principal` and `interest` are what was compensated; the recoveries together are at most that. What one pays is
    what all up to it pay together, less what those before it did. Clause: LG-40.
    """
    found, owed = [], (principal, interest)
    for amount in amounts:
        part = split_recovery(amount, *owed, allocation_order)
        found.append(part)
        owed = owed[0] - part[0], owed[1] - part[1]
    return found
