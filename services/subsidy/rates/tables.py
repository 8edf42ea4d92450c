"""Published rates; each row is written once."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Table, Text, UniqueConstraint, Uuid, func

from services.subsidy.metadata import RATE, metadata

reference_rate = Table(
    "reference_rate",
    metadata,
    Column("rate_id", Uuid, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("up_to_1y", RATE),
    Column("over_1y_to_5y", RATE),
    Column("over_5y", RATE),
    Column("published_by", Text, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("basis", "effective_from"),
    CheckConstraint("basis IN ('PBOC_BENCHMARK', 'LPR')", name="basis"),
    CheckConstraint("num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0", name="some_rate"),
    CheckConstraint("least(up_to_1y, over_1y_to_5y, over_5y) > 0", name="positive"),
)
