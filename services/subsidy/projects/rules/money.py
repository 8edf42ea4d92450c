"""From which programme a project's money is drawn: in the order in which it was granted, each to its end. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from services.subsidy.projects.refusals import AboveProjectMoney
from shared.money import ZERO


def drawn(amount: Decimal, committed: Sequence[tuple[UUID, Decimal]]) -> list[tuple[UUID, Decimal]]:
    """Return what each programme pays of an amount, in yuan; programmes that pay nothing are left out.

    Args:
        committed: each programme with what of its money is committed and not yet paid, in the order of their use.

    Raises:
        AboveProjectMoney: less is left than the amount.
    """
    left = sum((each for _, each in committed), ZERO)
    if amount > left:
        raise AboveProjectMoney(f"{amount:.2f}", f"{left:.2f}")
    parts, rest = [], amount
    for programme_id, available in committed:
        part = min(rest, available)
        rest -= part
        if part > 0:
            parts.append((programme_id, part))
    return parts
