"""Which events of other services lending acts on, and the one action for each.

Nothing here depends on the order of arrival: every effect is an insert that happens once.
"""

from services.lending.defaults.actions import compensation
from services.lending.lenders.actions import recoding
from services.lending.pack_copies import actions as policies
from services.lending.rate_changes.actions import take_published_rates
from services.lending.risks import actions as risks
from shared.events.registry import (
    DutyDone,
    DutyOverdue,
    DutyRecordWithdrawn,
    EntityListed,
    EntityUnlisted,
    HouseholdListed,
    HouseholdUnlisted,
    PackCorrected,
    PolicyPackConfirmed,
    RegionChanged,
    VillageQuotaCut,
    VillageQuotaRestored,
)
from shared.events.riskfund import ClaimPaid
from shared.events.subsidy import ReferenceRatePublished
from shared.inbox import Subscription
from shared.policy.copies import replicate_corrections, replicate_packs

SUBSCRIPTIONS = (
    Subscription(
        "lending",
        "registry",
        {
            PolicyPackConfirmed: replicate_packs,
            PackCorrected: replicate_corrections,
            VillageQuotaCut: policies.store_quota_cuts,
            VillageQuotaRestored: policies.store_quota_restorations,
            HouseholdListed: risks.store_listed_households,
            HouseholdUnlisted: risks.clear_households,
            EntityListed: risks.store_listed_entities,
            EntityUnlisted: risks.clear_entities,
            DutyOverdue: risks.store_missed_duties,
            DutyDone: risks.store_done_duties,
            DutyRecordWithdrawn: risks.store_undone_duties,
            RegionChanged: recoding.follow_changed_regions,
        },
        ordered=False,
    ),
    Subscription("lending", "subsidy", {ReferenceRatePublished: take_published_rates}, ordered=False),
    Subscription("lending", "riskfund", {ClaimPaid: compensation.compensate_loans}, ordered=False),
)
