"""What goes in and out about duties."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from services.registry.duties.rules.kinds import DutyKind
from services.registry.evidence import EVIDENCE_MAX, EvidenceIn, EvidenceOut
from shared.errors import WrongValue
from shared.events.base import Percent
from shared.money import Money
from shared.policy.vocabulary import Office
from shared.regions import RegionCode
from shared.web.bodies import Answer, Body, Day, HappenedOn, LongText, Text

RESULTS_MAX = 500  # more than a county has townships, banks or entities at work
ORDERS_MAX = 100
DOCUMENTS_MAX = 50
Risk = Literal["low", "raised", "high"]
DutyState = Literal["open", "late", "done", "ended"]
_CENT = Decimal("0.01")


def _of_a_hundred(value: Decimal) -> Decimal:
    if not 0 <= value <= 100 or value != value.quantize(_CENT):
        raise WrongValue(zh="应为 0 至 100，最多两位小数。", en="give 0 to 100 with at most two decimals")
    return value


OfAHundred = Annotated[Percent, AfterValidator(_of_a_hundred)]


class DutyResultIn(Body):
    """What was found of one: its place in a ranking, or its score of an assessment and what follows of it."""

    subject: Text
    place: Annotated[int, Field(ge=1)] | None = None
    score: OfAHundred | None = None
    consequence: Literal["reward", "none", "penalty"] | None = None


class PutRightIn(Body):
    """What has to be put right, in which township (left out: where the duty itself was), until when.

    For a loan the day may be left out: the county's rules say how many days there are.
    """

    region_code: RegionCode | None = None
    text: LongText
    due_on: Day | None = None


class DutyRecordIn(Body):
    """What was done, on which day, and what was found; a kind of duty says which of the fields it asks for."""

    done_on: HappenedOn
    text: LongText
    household_count: Annotated[int, Field(ge=0)] | None = None
    amount: Money | None = None
    satisfied_percent: OfAHundred | None = None
    visit: Literal["announced", "unannounced"] | None = None
    person: Text | None = None
    used_as_agreed: bool | None = None
    risk: Risk | None = None
    results: Annotated[list[DutyResultIn], Field(max_length=RESULTS_MAX)] | None = None
    evidence: Annotated[tuple[EvidenceIn, ...], Field(max_length=EVIDENCE_MAX)] = ()
    document_ids: Annotated[tuple[UUID, ...], Field(max_length=DOCUMENTS_MAX)] = ()
    orders: Annotated[tuple[PutRightIn, ...], Field(max_length=ORDERS_MAX)] = ()


class DutyOrderIn(Body):
    """A summons of a township's leader, or something that a township has to put right, until a day."""

    kind: Literal["summons", "rectification"]
    region_code: RegionCode
    text: LongText
    ordered_on: HappenedOn
    due_on: Day


class DutyWithdrawalIn(Body):
    """Since when a record or an order does not hold, and why."""

    withdrawn_on: HappenedOn
    reason: LongText


class DutyResultOut(Answer):
    """What was found of one."""

    subject: str
    place: int | None
    score: Percent | None
    consequence: Literal["reward", "none", "penalty"] | None


class DutyRecordOut(Answer):
    """What was done about a duty, by whom, on what proof; withdrawn if it was wrong."""

    id: UUID
    duty_id: UUID
    done_on: date
    text: str
    household_count: int | None
    amount: Money | None
    satisfied_percent: Percent | None
    visit: Literal["announced", "unannounced"] | None
    person: str | None
    used_as_agreed: bool | None
    risk: Risk | None
    results: list[DutyResultOut] | None
    evidence: list[EvidenceOut]
    document_ids: list[UUID]
    recorded_by: str
    recorded_office: Office
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawal_reason: str | None
    withdrawn_by: str | None


class DutyOut(Answer):
    """A duty: whose it is, about what, from when, until when, and where it stands on the day asked about."""

    id: UUID
    version: int
    kind: DutyKind
    region_code: str
    region_name: str
    offices: list[Office]
    loan_id: UUID | None
    household_id: UUID | None
    bank_code: str | None
    entity_id: UUID | None
    pictures: int
    opens_on: date
    due_on: date
    days_left: int
    state: DutyState
    done_on: date | None
    ordered: str | None
    ordered_by: str | None
    ended_on: date | None
    end_cause: Literal["loan_closed", "region_ended", "order_withdrawn", "entity_released"] | None
    end_reason: str | None


class DutyDetail(DutyOut):
    """A duty with everything that was recorded of it, what was withdrawn included."""

    records: list[DutyRecordOut]


class DutyCount(Answer):
    """How a kind of duty stands in one area."""

    area_code: str
    area_name: str
    kind: DutyKind
    open_count: int
    late_count: int
    done_in_time_count: int
    done_late_count: int
    ended_count: int


class DutyReport(Answer):
    """Duties of a region on a day, area by area: what is late shows at every level above."""

    region_code: str
    as_of: date
    counts: list[DutyCount]


class DutyRunOut(Answer):
    """What a business day brought: duties opened, ended with their loan, entity or region, and newly late."""

    job: str
    county_code: str
    as_of: date
    opened_count: int
    ended_count: int
    overdue_count: int
