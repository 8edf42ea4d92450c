"""What goes in and out about what a public notice says and where it hangs."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.lending.applications.rules.approval import State
from services.lending.applications.schemas.applications import NoticeState
from services.lending.applications.schemas.public_notices import ObjectionOut
from shared.money import Money
from shared.policy.vocabulary import LoanMode, NoticeItem
from shared.regions import RegionCode
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Sha256, Text

PHOTOS_MAX = 20


class HangingIn(Body):
    """Where a notice hangs since which day, with the digests of the photos that show it."""

    region_code: RegionCode
    place: Text
    hung_on: HappenedOn
    photos: Annotated[tuple[Sha256, ...], Field(max_length=PHOTOS_MAX)] = ()


class HangingWithdrawalIn(Body):
    """Why a record is taken back: the notice did not hang there, or since another day."""

    withdrawn_on: HappenedOn
    reason: LongText


class HangingOut(Answer):
    """Where a notice hangs and who hung it there; records taken back stay on file."""

    id: UUID
    notice_id: UUID
    region_code: str
    place: str
    hung_on: date
    hung_by: str
    office: str
    photos: list[str]
    recorded_at: datetime
    withdrawn_on: date | None
    withdrawn_by: str | None
    withdrawal_reason: str | None


class PublicNoticeOut(NoticeState):
    """A notice in a list: whose it is, where it is not known to hang yet, and what is open against it."""

    office: str | None
    not_hung_in: list[str]
    objections_open: int


class NoticeEntryOut(Answer):
    """What a notice says of one application, as far as the county's pack has it said; the rest is null."""

    application_id: UUID
    household_head: str | None
    household_number: str | None
    place: str | None
    bank: str | None
    amount: Money | None
    term_months: int | None
    industry: str | None
    purpose: str | None
    mode: LoanMode | None
    grade: str | None
    state: State
    public_notice_ends_on: date | None


class PublicNoticeDetail(PublicNoticeOut):
    """A whole notice: what it says of whom, where it hangs, and what was objected and how that was settled.

    `names_in_full` is true for the office that runs it; others see masked names.
    """

    product: str
    content: list[NoticeItem]
    names_in_full: bool
    entries: list[NoticeEntryOut]
    hangings: list[HangingOut]
    objections: list[ObjectionOut]
