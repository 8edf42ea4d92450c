"""What goes in and out about policy packs."""

from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import Field

from shared.web.bodies import Answer, Body

LEFT_OPEN_MAX: Final = 1_000  # a pack has about 200 keys


class ConfirmationIn(Body):
    """The second signature; `left_open` names every value that the pack leaves open, as it lists them itself."""

    left_open: list[str] = Field(default_factory=list, max_length=LEFT_OPEN_MAX)


class PackOut(Answer):
    """A policy pack and its two signatures, without its content."""

    id: UUID
    county_code: str
    code: str
    regions: list[str]
    pack_version: int
    supersedes: int | None
    effective_from: date
    state: str
    content_hash: str  # of the rules, what services and contracts rest on
    examples_hash: str  # of the worked examples
    submitted_by: str
    submitted_at: datetime
    confirmed_by: str | None
    confirmed_at: datetime | None


class PackWithContent(PackOut):
    """A policy pack with everything in it: the rules as every service keeps them, and the worked examples."""

    content: dict[str, Any]
    examples: list[dict[str, Any]]


class ListedClauseOut(Answer):
    """A clause or a part of one as the pack lists it, with the keys of the values that rest on it or follow it."""

    id: str
    document_zh: str
    document_en: str
    is_elsewhere: bool
    at: str | None
    zh: str
    en: str
    sets: list[str]
    followed_by: list[str]


class ListedClausesOut(Answer):
    """The clauses of a pack in the order of its list, each clause before its parts."""

    pack_id: UUID
    code: str
    pack_version: int
    clauses: list[ListedClauseOut]


class DifferenceOut(Answer):
    """One difference, in words of both languages."""

    key: str
    zh: str
    en: str


class DifferencesOut(Answer):
    """What a pack changes against another one, in the order of the file."""

    pack_id: UUID
    code: str
    pack_version: int
    from_pack_id: UUID
    from_code: str
    from_pack_version: int
    differences: list[DifferenceOut]
