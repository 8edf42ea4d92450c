"""What goes in and out about provinces' bases."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.web.bodies import Answer


class BaseOut(Answer):
    """A province's base, its two signatures, and which counties rest on this version."""

    id: UUID
    region_code: str
    code: str
    version: int
    supersedes: int | None
    effective_from: date
    state: str
    content_hash: str
    resting: list[str]
    submitted_by: str
    submitted_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None


class BaseWithContent(BaseOut):
    """A province's base with everything in it."""

    content: dict[str, Any]
