"""What reimbursing interest depends on. The rule itself is the statement in `due_sql`; `spec.subsidy` writes it out."""

from enum import StrEnum
from typing import Final

from shared.policy.terms import SubsidyRule
from shared.policy.vocabulary import PAYS_AS_HOUSEHOLD, Payer, PovertyState


class LineReason(StrEnum):
    """Why a line is not the whole interest; `full`: it is."""

    FULL = "full"
    DAYS_REPEATED = "days_repeated"
    WITHOUT_SUBSIDY = "without_subsidy"
    YEAR_SERVED = "year_served"
    LIFTED_AT_START = "lifted_at_start"
    PREPAID = "prepaid"
    PAID_BY_OTHERS = "paid_by_others"
    STOPPED = "stopped"
    BEYOND_YEARS = "beyond_years"
    LISTED = "listed"
    ABOVE_PRINCIPAL = "above_principal"
    ABOVE_CAP = "above_cap"
    BEYOND_SHARE = "beyond_share"
    GRANTED_BEFORE = "granted_before"
    CLAWBACK = "clawback"


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


def reimbursed_payers(rule: SubsidyRule) -> frozenset[Payer]:
    """Return whose payments of interest are given back to the household: it pays first, so nobody else's (SX-5, FJ-11).

    A county whose document says more names it; what the treasury paid is never given back.
    """
    said = PAYS_AS_HOUSEHOLD if rule.reimbursed_payers is None else rule.reimbursed_payers
    return frozenset(said) - {Payer.GOVERNMENT}
