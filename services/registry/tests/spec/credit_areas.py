"""When an area is a credit area: what the statement that grades areas, and the check on its table, must decide."""

from decimal import Decimal


def is_credit_area(credit_count: int, household_count: int, share_min: Decimal) -> bool:
    """Tell whether enough of an area's households are credit households; measured before any rounding (ZJ-1)."""
    return household_count > 0 and credit_count >= share_min * household_count
