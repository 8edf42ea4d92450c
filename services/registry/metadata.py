"""The registry's schema, to which every room adds its tables."""

from sqlalchemy import CheckConstraint, Column
from sqlalchemy.dialects.postgresql import JSONB

from shared.tables import service_metadata

metadata = service_metadata()


def evidence_column() -> Column[object]:
    """Return the column of the papers that something rests on, at least one."""
    given = CheckConstraint("jsonb_array_length(evidence) > 0", name="evidence_given")
    return Column("evidence", JSONB, given, nullable=False)
