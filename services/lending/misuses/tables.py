"""Principal that was misused, when that ended, and misuses that were found wrongly; all of them stay on file."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Table, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

misuse = Table(
    "misuse",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("amount", MONEY, nullable=False),  # of the principal; at most what is outstanding on the day counts
    Column("from_on", Date, nullable=False),  # the first day on which it bears the rate of misuse
    Column("papers", JSONB, nullable=False),
    *proposed(),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("from_on <= proposed_on", name="from_on"),
    CheckConstraint("jsonb_array_length(papers) > 0", name="papers"),
    Index("ix_misuse_loan_id", "loan_id"),
    Index("uq_misuse_open", "loan_id", unique=True, postgresql_where=text("state = 'proposed'")),
)


def _of_a_misuse(name: str, *columns: Column[object] | CheckConstraint) -> Table:
    """Return a table of what follows a misuse; each is on file at most once that was not refused or withdrawn."""
    stands = text("state IN ('proposed', 'confirmed')")
    return Table(
        name,
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("misuse_id", Uuid, ForeignKey("misuse.id"), nullable=False),
        *columns,
        *proposed(),
        Index(f"uq_{name}_open", "misuse_id", unique=True, postgresql_where=stands),
    )


misuse_termination = _of_a_misuse(
    "misuse_termination",
    Column("ended_on", Date, nullable=False),  # the first day on which it is used as agreed again
    Column("papers", JSONB, nullable=False),
    CheckConstraint("ended_on <= proposed_on", name="ended_on"),
    CheckConstraint("jsonb_array_length(papers) > 0", name="papers"),
)
misuse_reversal = _of_a_misuse("misuse_reversal")
