"""What is answered about exports."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.web.bodies import Answer


class HouseholdExportOut(Answer):
    """One export of personal data in clear: who took which rows, and when."""

    id: UUID
    kind: Literal["households", "members"]
    region_code: str
    poverty_state: str | None
    form: Literal["xlsx", "csv"]
    row_count: int
    exported_by: str
    exported_at: datetime
