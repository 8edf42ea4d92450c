"""What reimbursing interest depends on. The rule itself is the statement in `due_sql`; `spec.subsidy` writes it out."""

from typing import Final

from shared.policy.terms import SubsidyRule
from shared.policy.vocabulary import PovertyState

# Each step takes something off an interest payment, in this order.
WITHHELD: Final = ("not_covered", "stopped", "beyond_years", "listed", "above_principal", "above_cap", "beyond_share")
# What a line explains beside its amount: also what the loan was granted before, for interest since published otherwise.
EXPLAINED: Final = (*WITHHELD, "granted_before")
# What the steps are worked out from; a line keeps it, so that its amount can be derived again whatever is known later.
FIGURES: Final = (
    *("covered", "before_stop", "before_listing", "subsidised_days"),  # yuan; days of the period; days as ranges
    *("principal_kept", "rate_borne", "rate_kept", "share_days"),  # yuan; sums over days: percent, percent, share
)


def stop_states(rule: SubsidyRule) -> frozenset[PovertyState]:
    """Return the states whose days are not subsidised. Clauses: FJ-6b; SX-5 for lifted households."""
    return frozenset(rule.stop_states) | (frozenset() if rule.keeps_after_lifting else {PovertyState.LIFTED})
