"""What is answered about imported sheets."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.web.bodies import Answer


class FaultCount(Answer):
    """How many rows were rejected for one reason; a row with two reasons counts in both."""

    code: str
    zh: str
    en: str
    row_count: int


class ImportFailure(Answer):
    """Why a file could not be read to its end; the rows that `row_count` counts are dealt with all the same."""

    code: str
    title: str
    detail: str


class HouseholdImportOut(Answer):
    """A sheet on its way: the counts grow while it runs and always add up to `row_count`.

    `rows_expected` is how many rows the file seems to have, `rows_read` how many were read, `row_count` how many are
    dealt with; `seconds` run from the first reading on.
    """

    id: UUID
    kind: Literal["households", "members"]
    county_code: str
    collected_on: date
    state: Literal["queued", "reading", "registering", "finished", "failed"]
    form: Literal["xlsx", "csv"]
    byte_count: int
    rows_expected: int
    rows_read: int
    row_count: int
    registered_count: int
    already_registered_count: int
    rejected_count: int
    rejections: list[FaultCount]
    columns_ignored: list[str]
    failure: ImportFailure | None
    imported_by: str
    imported_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
