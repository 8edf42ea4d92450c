"""On what ground a loan may be written off; pure."""

from collections.abc import Sequence
from typing import Final

from shared.policy.vocabulary import LoanClass, WriteOffGround

# Where a county says nothing: what others have borne, and what is lost by its class. A default alone is still pursued.
USUAL: Final = (WriteOffGround.COMPENSATED, WriteOffGround.LOSS)


def ground_of(state: str, loan_class: LoanClass, allowed: Sequence[WriteOffGround] | None) -> WriteOffGround | None:
    """Return the first of the grounds allowed (None: the usual) that a loan of a state and class has, or None.

    Clauses: LG-40 (a compensated loss), LG-43 (the class of loss).
    """
    has = {
        WriteOffGround.COMPENSATED: state == "compensated",
        WriteOffGround.DEFAULTED: state == "defaulted",
        WriteOffGround.LOSS: loan_class is LoanClass.LOSS,
    }
    return next((ground for ground in (USUAL if allowed is None else allowed) if has[ground]), None)
