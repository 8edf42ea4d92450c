"""What is shown of misuses, of their ends and of those taken back."""

from typing import Final

from services.lending.misuses.refusals import MisuseReversalUnknown, MisuseTerminationUnknown, MisuseUnknown
from services.lending.misuses.schemas import MisuseOut, MisuseReversalOut, MisuseTerminationOut
from services.lending.proposals.queries import Proposals

_OF_A_MISUSE: Final = "JOIN misuse m ON m.id = v.misuse_id JOIN loan l ON l.id = m.loan_id"

MISUSES: Final = Proposals(
    "misuse",
    MisuseOut,
    MisuseUnknown,
    "v.amount, v.from_on, v.papers, l.misuse_multiplier AS multiplier, e.ended_on, b.decided_on AS reversed_on",
    "LEFT JOIN misuse_termination e ON e.misuse_id = v.id AND e.state = 'confirmed' "
    "LEFT JOIN misuse_reversal b ON b.misuse_id = v.id AND b.state = 'confirmed' JOIN loan l ON l.id = v.loan_id",
)
MISUSE_TERMINATIONS: Final = Proposals(
    "misuse_termination",
    MisuseTerminationOut,
    MisuseTerminationUnknown,
    "v.misuse_id, m.amount, m.from_on, v.ended_on, v.papers",
    _OF_A_MISUSE,
)
MISUSE_REVERSALS: Final = Proposals(
    "misuse_reversal", MisuseReversalOut, MisuseReversalUnknown, "v.misuse_id, m.amount, m.from_on", _OF_A_MISUSE
)
