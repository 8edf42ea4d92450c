"""What the village recorded of its households; the latest record that has begun and was not withdrawn counts."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, text

from services.registry.metadata import metadata
from services.registry.register.households.tables import ending

household_testimony = Table(
    "household_testimony",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("good_name", Boolean, nullable=False),
    Column("no_bad_habits", Boolean, nullable=False),
    Column("family_harmony", Boolean, nullable=False),
    Column("willing_to_repay", Boolean, nullable=False),
    Column("able_to_repay", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("reason", Text),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    *ending(),
    CheckConstraint("ended_by <> recorded_by", name="maker_is_not_checker"),
    # What speaks against a household is said with its reason.
    CheckConstraint(
        "reason <> '' OR (reason IS NULL AND good_name AND no_bad_habits AND family_harmony AND willing_to_repay "
        "AND able_to_repay)",
        name="reason_given",
    ),
    Index("household_testimony_latest", "household_id", text("valid_from DESC"), text("id DESC")),
)
