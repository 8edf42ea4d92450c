"""What is shown of remissions and of those taken back."""

from typing import Final

from services.lending.proposals.queries import Proposals
from services.lending.remissions.refusals import RemissionReversalUnknown, RemissionUnknown
from services.lending.remissions.schemas import RemissionOut, RemissionReversalOut

REMISSIONS: Final = Proposals(
    "remission",
    RemissionOut,
    RemissionUnknown,
    "v.remits, v.amount, v.value_on, b.decided_on AS reversed_on, "
    "(SELECT coalesce(sum(p.penalty + p.interest), 0.00) FROM remission_part p WHERE p.remission_id = v.id "
    "AND p.loan_id = v.loan_id) AS remitted",
    "LEFT JOIN remission_reversal b ON b.remission_id = v.id AND b.state = 'confirmed' JOIN loan l ON l.id = v.loan_id",
)
REMISSION_REVERSALS: Final = Proposals(
    "remission_reversal",
    RemissionReversalOut,
    RemissionReversalUnknown,
    "v.remission_id, m.remits, m.amount, m.value_on",
    "JOIN remission m ON m.id = v.remission_id JOIN loan l ON l.id = m.loan_id",
)
