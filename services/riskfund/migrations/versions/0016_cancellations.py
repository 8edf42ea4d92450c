"""Risk fund: loans whose disbursement was taken back, and the cover they had used."""

from alembic import op

revision = "0016_cancellations"
down_revision = "0015_late_interest"
branch_labels = None
depends_on = None

# F4: a reservation ends exactly once; what a loan used of it may come back with that loan.
_ENDS_ONCE = """
CREATE TRIGGER reservation_ends_once BEFORE UPDATE ON cover_reservation
    FOR EACH ROW WHEN ({}) EXECUTE FUNCTION refuse_second_end()
"""

STATEMENTS: tuple[str, ...] = (
    "DROP TRIGGER reservation_ends_once ON cover_reservation",
    _ENDS_ONCE.format("OLD.state <> 'live' AND NOT (OLD.state = 'used' AND NEW.state = 'returned')"),
    """
ALTER TABLE cover_reservation
    DROP CONSTRAINT state,
    DROP CONSTRAINT loan_id,
    ADD CONSTRAINT state CHECK (state IN ('live', 'used', 'returned', 'released', 'expired')),
    ADD CONSTRAINT loan_id CHECK ((state IN ('used', 'returned')) = (loan_id IS NOT NULL))
""",
    """
ALTER TABLE covered_loan
    DROP CONSTRAINT uq_covered_loan_application_id,
    DROP CONSTRAINT state,
    DROP CONSTRAINT ended_covers_nothing,
    ADD CONSTRAINT state CHECK (state IN ('active', 'defaulted', 'compensated', 'closed', 'cancelled')),
    ADD CONSTRAINT ended_covers_nothing
        CHECK (state NOT IN ('compensated', 'closed', 'cancelled') OR outstanding = 0)
""",
    "CREATE UNIQUE INDEX uq_covered_loan_application_id ON covered_loan (application_id) WHERE state <> 'cancelled'",
)
UNDO: tuple[str, ...] = (
    "DROP TRIGGER reservation_ends_once ON cover_reservation",
    _ENDS_ONCE.format("OLD.state <> 'live'"),
    "DROP INDEX uq_covered_loan_application_id",
    """
ALTER TABLE covered_loan
    DROP CONSTRAINT state,
    DROP CONSTRAINT ended_covers_nothing,
    ADD CONSTRAINT uq_covered_loan_application_id UNIQUE (application_id),
    ADD CONSTRAINT state CHECK (state IN ('active', 'defaulted', 'compensated', 'closed')),
    ADD CONSTRAINT ended_covers_nothing CHECK (state NOT IN ('compensated', 'closed') OR outstanding = 0)
""",
    """
ALTER TABLE cover_reservation
    DROP CONSTRAINT state,
    DROP CONSTRAINT loan_id,
    ADD CONSTRAINT state CHECK (state IN ('live', 'used', 'released', 'expired')),
    ADD CONSTRAINT loan_id CHECK ((state = 'used') = (loan_id IS NOT NULL))
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
