"""Which events of other services subsidy acts on, and the one action for each."""

from services.subsidy.accounts import actions as accounts
from shared.events.lending import (
    DefaultConfirmed,
    DefaultLifted,
    DisbursementReversed,
    LoanClosed,
    LoanDisbursed,
    LoanRestated,
    RepaymentRecorded,
)
from shared.events.registry import (
    HouseholdEnded,
    HouseholdListed,
    HouseholdMerged,
    HouseholdsRegistered,
    HouseholdStatusChanged,
    HouseholdUnlisted,
    PackCorrected,
    PolicyPackConfirmed,
)
from shared.inbox import Subscription
from shared.policy.copies import replicate_corrections, replicate_packs

SUBSCRIPTIONS = (
    Subscription(
        "subsidy",
        "lending",
        {
            LoanDisbursed: accounts.open_accounts,
            RepaymentRecorded: accounts.store_repayments,
            LoanRestated: accounts.restate_payments,
            LoanClosed: accounts.close_accounts,
            DefaultConfirmed: accounts.store_defaults,
            DefaultLifted: accounts.lift_defaults,
            DisbursementReversed: accounts.note_reversed_loans,
        },
        ordered={"loan"},
    ),
    # Packs and states are kept under their own version, so their order of arrival does not matter.
    Subscription(
        "subsidy",
        "registry",
        {
            PolicyPackConfirmed: replicate_packs,
            PackCorrected: replicate_corrections,
            HouseholdsRegistered: accounts.store_registered_households,
            HouseholdStatusChanged: accounts.store_household_states,
            HouseholdListed: accounts.store_listings,
            HouseholdUnlisted: accounts.store_removals,
            HouseholdMerged: accounts.store_merged_households,
            HouseholdEnded: accounts.store_ended_households,
        },
        ordered=False,
    ),
)
