"""What is answered about household sheets."""

from datetime import date, datetime
from uuid import UUID

from shared.web.bodies import Answer


class FaultCount(Answer):
    """How many rows were rejected for one reason; a row with two reasons counts in both."""

    code: str
    zh: str
    en: str
    row_count: int


class HouseholdImportOut(Answer):
    """What became of a household sheet."""

    id: UUID
    county_code: str
    collected_on: date
    row_count: int
    registered_count: int
    already_registered_count: int
    rejected_count: int
    rejections: list[FaultCount]
    columns_ignored: list[str]
    imported_by: str
    imported_at: datetime
