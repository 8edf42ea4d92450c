"""Who receives for the heirs, until another payee takes the place or two withdraw it. Names and numbers are sealed."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from services.subsidy.metadata import metadata

subsidy_payee = Table(
    "subsidy_payee",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("holder_name_sealed", LargeBinary, nullable=False),
    Column("id_number_sealed", LargeBinary, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("account_sealed", LargeBinary, nullable=False),
    Column("account_tail", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("decided_by", Text),
    Column("decided_on", Date),
    CheckConstraint("state IN ('proposed', 'in_force', 'refused', 'replaced', 'withdrawn')", name="payee_state"),
    CheckConstraint("(state = 'proposed') = (num_nulls(decided_by, decided_on) = 2)", name="decided"),
    CheckConstraint("state = 'proposed' OR num_nonnulls(decided_by, decided_on) = 2", name="decided_whole"),
    CheckConstraint("decided_by <> proposed_by", name="two_persons"),
    CheckConstraint("version >= 1", name="version"),
    Index(
        "uq_subsidy_payee_state",
        "household_id",
        "state",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'in_force')"),
    ),
)
