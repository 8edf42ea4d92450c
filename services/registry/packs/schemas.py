"""What goes in and out about policy packs."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.web.bodies import Answer


class PackOut(Answer):
    """A policy pack and its two signatures, without its content."""

    id: UUID
    county_code: str
    code: str
    pack_version: int
    effective_from: date
    state: str
    content_hash: str
    submitted_by: str
    submitted_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None


class PackWithContent(PackOut):
    """A policy pack with everything in it."""

    content: dict[str, Any]
