"""Applications taken back, and what one person asked for and no other has decided."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Table, Text, Uuid, func

from services.lending.metadata import metadata

withdrawal = Table(
    "withdrawal",
    metadata,
    Column("application_id", Uuid, ForeignKey("application.id"), primary_key=True),
    Column("withdrawn_on", Date, nullable=False),
    Column("withdrawn_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_by", Text),  # by whom first, of an application that others had approved
    CheckConstraint("asked_by <> withdrawn_by", name="two_persons"),
)

# That an approved application be taken back, by one person; it holds nothing up and lapses with the next state.
withdrawal_request = Table(
    "withdrawal_request",
    metadata,
    Column("application_id", Uuid, ForeignKey("application.id"), primary_key=True),
    Column("asked_on", Date, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)
