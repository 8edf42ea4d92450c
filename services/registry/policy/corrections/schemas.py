"""What goes in and out about corrections of packs."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.registry.policy.packs.schemas import DifferenceOut
from shared.web.bodies import Answer, Body, Day

KEYS_MAX = 100


class CorrectionState(StrEnum):
    """Where a correction stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"


Reason = Annotated[str, StringConstraints(min_length=10, max_length=2000, strip_whitespace=True)]
PackKey = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,60}(\.[a-z_]{1,60})?$")]


class PackCorrectionIn(Body):
    """Contracts signed under one version follow another in these values, or in all that differ, from a day on."""

    pack_id: UUID
    follows_pack_id: UUID
    keys: Annotated[list[PackKey], Field(min_length=1, max_length=KEYS_MAX)] | None = None
    effective_from: Day
    reason: Reason


class CorrectionWithdrawalIn(Body):
    """Why a proposed correction is not wanted any more."""

    reason: Reason


class PackCorrectionOut(Answer):
    """A correction with its persons, its reason and the versions it names."""

    id: UUID
    county_code: str
    code: str
    pack_id: UUID
    pack_version: int
    follows_pack_id: UUID
    follows_pack_version: int
    keys: list[str]
    effective_from: date
    reason: str
    state: CorrectionState
    number: int | None
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None
    withdrawal_reason: str | None


class PackCorrectionDetail(PackCorrectionOut):
    """A correction and exactly what it changes for open contracts, in words of both languages."""

    differences: list[DifferenceOut]
