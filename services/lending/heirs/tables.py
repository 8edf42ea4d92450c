"""Records of heirs: who inherits, up to which amount, who disclaimed; one is replaced by a later, never rewritten."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

heir_record = Table(
    "heir_record",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("heir_name", Text, nullable=False),
    Column("relation", Text, nullable=False),
    Column("died_on", Date, nullable=False),
    Column("inheritance", Text, nullable=False),
    Column("estate_limit", MONEY),
    Column("papers", JSONB, nullable=False),
    Column("replaces", Uuid, ForeignKey("heir_record.id")),
    *proposed(),
    CheckConstraint("heir_name <> '' AND relation <> ''", name="named"),
    CheckConstraint("inheritance IN ('heir', 'disclaimed', 'not_heir')", name="inheritance"),
    CheckConstraint("(inheritance = 'heir') = (estate_limit IS NOT NULL) AND estate_limit >= 0", name="estate_limit"),
    CheckConstraint("died_on <= proposed_on", name="died_on"),
    Index("ix_heir_record_loan_id", "loan_id"),
    Index(
        "uq_heir_record_replaces",
        "replaces",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'confirmed')"),
    ),
)
