"""Request and response bodies of public notices, objections and their settlements."""

from datetime import date
from typing import Literal
from uuid import UUID

from services.lending.applications.rules.approval import State
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Text

PublicNoticeLevel = Literal["village", "township", "county"]


class NoticeIn(Body):
    """Where a batch is made public from which day on."""

    level: PublicNoticeLevel
    started_on: HappenedOn
    objections_to: Text | None = None


class NoticeOut(Answer):
    """A public notice; it may be closed from `ends_on` on."""

    id: UUID
    batch_id: UUID
    level: str
    working_days: int
    started_on: date
    ends_on: date
    application_count: int
    objections_to: str | None


class ClosureIn(Body):
    """The day a notice is taken down."""

    closed_on: HappenedOn


class RemainingApplication(Answer):
    """An application that stays public: an objection is open, or its clock stood still."""

    application_id: UUID
    objections_open: int
    public_notice_ends_on: date


class ClosureOut(Answer):
    """What closing a notice did."""

    notice_id: UUID
    closed_on: date
    advanced_count: int
    remaining: list[RemainingApplication]
    is_complete: bool
    states: dict[str, int]


class ObjectionIn(Body):
    """What somebody has against an application that is public."""

    raised_on: HappenedOn
    grounds: LongText
    raised_by: Text | None = None


class ObjectionOut(Answer):
    """An objection and, once settled, how it ended."""

    id: UUID
    application_id: UUID
    notice_id: UUID
    raised_on: date
    raised_by: str
    recorded_by: str
    grounds: str
    settled_on: date | None
    settled_by: str | None
    outcome: str | None
    reason: str | None


class SettlementIn(Body):
    """How an objection ends; upheld means the application is refused."""

    settled_on: HappenedOn
    outcome: Literal["upheld", "dismissed"]
    reason: LongText


class SettlementOut(Answer):
    """An objection's end and where its application stands now."""

    objection_id: UUID
    application_id: UUID
    outcome: str
    settled_on: date
    state: State
    public_notice_ends_on: date | None
