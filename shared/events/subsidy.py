"""Events the subsidy service records."""

from uuid import UUID

from shared.events.base import Day, Event, Money, Percent, RegionCode


class ReferenceRatePublished(
    Event, owner="subsidy", name="reference-rate-published", version=1, aggregate="reference-rate"
):
    """A benchmark or LPR publication, in percent a year; a column is null where none is published.

    A correction is a publication for the same day with the next revision; it holds in place of those before it.
    """

    rate_id: UUID
    basis: str  # a RateBasis of the policy vocabulary
    effective_from: Day
    up_to_1y: Percent | None
    over_1y_to_5y: Percent | None
    over_5y: Percent | None
    revision: int = 1


class SubsidyBatchApproved(Event, owner="subsidy", name="subsidy-batch-approved", version=1, aggregate="subsidy-batch"):
    """The finance bureau approved a batch of interest subsidy."""

    batch_id: UUID
    county_code: RegionCode
    period_from: Day
    period_until: Day
    lines: int
    amount: Money
    approved_on: Day


class SubsidyBatchSettled(Event, owner="subsidy", name="subsidy-batch-settled", version=1, aggregate="subsidy-batch"):
    """Every line of a batch was paid to its household and confirmed by the paying bank."""

    batch_id: UUID
    county_code: RegionCode
    lines_paid: int
    amount_paid: Money
    settled_on: Day


class SubsidyTransfersReturned(
    Event, owner="subsidy", name="subsidy-transfers-returned", version=1, aggregate="subsidy-batch"
):
    """Transfers of a batch that were confirmed as paid came back to the paying bank; their households are unpaid."""

    batch_id: UUID
    county_code: RegionCode
    transfers: int
    amount: Money
    last_returned_on: Day


class SubsidyReturnWithdrawn(
    Event, owner="subsidy", name="subsidy-return-withdrawn", version=1, aggregate="subsidy-batch"
):
    """The notice that a transfer came back was wrong: its household was paid after all."""

    batch_id: UUID
    county_code: RegionCode
    amount: Money
    withdrawn_on: Day


class ProjectStepTaken(Event, owner="subsidy", name="project-step-taken", version=1, aggregate="project"):
    """A relief project took a step of its life: it was planned, approved, accepted, reimbursed, and so on."""

    project_id: UUID
    county_code: RegionCode
    step: str
    outcome: str
    state: str
    happened_on: Day


class ProjectStepStruck(Event, owner="subsidy", name="project-step-struck", version=1, aggregate="project"):
    """Two persons found a relief project's last step wrong: the project stands where it stood before it."""

    project_id: UUID
    county_code: RegionCode
    step: str
    outcome: str
    state: str
    struck_on: Day


class AgreementConfirmed(Event, owner="subsidy", name="agreement-confirmed", version=1, aggregate="agreement"):
    """A benefit agreement holds: signed by all its parties and confirmed by a second person (ZJ-2a, ZJ-2b)."""

    agreement_id: UUID
    county_code: RegionCode
    kind: str
    dividend_form: str | None
    project_id: UUID | None
    entity_id: UUID | None
    households: int
    grant_amount: Money
    loan_amount: Money
    valid_from: Day
    valid_until: Day
    confirmed_on: Day


class AgreementCorrected(Event, owner="subsidy", name="agreement-corrected", version=1, aggregate="agreement"):
    """Other terms hold in the place of wrong ones of an agreement in force; the figures are those that hold now."""

    agreement_id: UUID
    county_code: RegionCode
    terms_version: int
    dividend_form: str | None
    entity_id: UUID | None
    households: int
    grant_amount: Money
    loan_amount: Money
    valid_from: Day
    valid_until: Day
    corrected_on: Day


class AgreementTerminated(Event, owner="subsidy", name="agreement-terminated", version=1, aggregate="agreement"):
    """A benefit agreement ended before its time; its principal is owed to a village collective (ZJ-5)."""

    agreement_id: UUID
    county_code: RegionCode
    ended_on: Day
    principal: Money
    principal_due_on: Day
    principal_to: RegionCode


class GrantsSettled(Event, owner="subsidy", name="grants-settled", version=1, aggregate="grant-list"):
    """Direct grants of a list reached their households, or transfers of them came back."""

    grant_list_id: UUID
    project_id: UUID
    county_code: RegionCode
    amount_paid: Money
    amount_returned: Money
    settled_on: Day


class GrantsTakenBack(Event, owner="subsidy", name="grants-taken-back", version=1, aggregate="grant-list"):
    """Two persons took approved direct grants back: unpaid ones are void, paid ones are owed by their households."""

    grant_list_id: UUID
    project_id: UUID
    county_code: RegionCode
    households: int
    amount_void: Money
    amount_owed: Money
    taken_back_on: Day


class SubsidyBatchReturned(Event, owner="subsidy", name="subsidy-batch-returned", version=1, aggregate="subsidy-batch"):
    """An approved batch was returned by two persons before any payment; its interest waits for another batch."""

    batch_id: UUID
    county_code: RegionCode
    amount: Money
    returned_on: Day


class DividendRunApproved(Event, owner="subsidy", name="dividend-run-approved", version=1, aggregate="dividend-run"):
    """What a year of an agreement brings its households was approved; a later run of the year holds differences."""

    run_id: UUID
    agreement_id: UUID
    county_code: RegionCode
    year_number: int
    households: int
    amount: Money  # what it adds
    reduced: Money  # what a run of differences takes off
    due_on: Day
    approved_on: Day


class SubsidyPeriodLate(Event, owner="subsidy", name="subsidy-period-late", version=1, aggregate="subsidy-period"):
    """A whole further period passed with no run for the interest of a period: the office is to prepare one (SX-5)."""

    period_id: UUID
    county_code: RegionCode
    period_from: Day
    period_until: Day
    late_from: Day
    office: str
    loans_waiting: int
    interest_waiting: Money
    noticed_on: Day


class SubsidyPeriodCaughtUp(
    Event, owner="subsidy", name="subsidy-period-caught-up", version=1, aggregate="subsidy-period"
):
    """Nothing of a late period's interest waits any more."""

    period_id: UUID
    county_code: RegionCode
    period_from: Day
    period_until: Day
    late_from: Day
    office: str
    loans_waiting: int
    interest_waiting: Money
    done_on: Day
