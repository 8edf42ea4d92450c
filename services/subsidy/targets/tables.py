"""Figures that no loan shows: what households were asked, what they earn, what the central bank lends."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, func, text

from services.subsidy.metadata import MONEY, metadata

programme_figure = Table(
    "programme_figure",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("counted_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("out_of", MONEY),
    Column("counted_by", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("kind IN ('satisfaction', 'expected_income', 'relending')", name="figure_kind"),
    CheckConstraint("amount >= 0 AND (kind = 'expected_income') = (out_of IS NULL)", name="amount"),
    CheckConstraint("amount <= out_of AND out_of > 0", name="out_of"),
    CheckConstraint("state IN ('proposed', 'confirmed', 'refused')", name="figure_state"),
    CheckConstraint("(state = 'proposed') = (num_nonnulls(decided_by, decided_on, decided_at) = 0)", name="decided"),
    CheckConstraint("decided_by <> recorded_by", name="two_persons"),
    CheckConstraint("decided_on >= counted_on", name="decided_after"),
    Index("ix_programme_figure_programme_id", "programme_id", "kind", "counted_on"),
    Index(
        "uq_programme_figure_proposed",
        "programme_id",
        "kind",
        "counted_on",
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
)
