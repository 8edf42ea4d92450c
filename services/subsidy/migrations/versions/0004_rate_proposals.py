"""Reference rates are proposed by one officer and published by another."""

from alembic import op

revision = "0004_rate_proposals"
down_revision = "0003_outbox_order"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE reference_rate_proposal (
    id UUID NOT NULL,
    already_published INTEGER NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_reference_rate_proposal PRIMARY KEY (id),
    CONSTRAINT already_published CHECK (already_published >= 0)
)
""",
    """
CREATE TABLE proposed_reference_rate (
    proposal_id UUID NOT NULL,
    basis TEXT NOT NULL,
    effective_from DATE NOT NULL,
    up_to_1y NUMERIC(12, 8),
    over_1y_to_5y NUMERIC(12, 8),
    over_5y NUMERIC(12, 8),
    unusual_confirmed BOOLEAN NOT NULL,
    CONSTRAINT pk_proposed_reference_rate PRIMARY KEY (proposal_id, basis, effective_from),
    CONSTRAINT fk_proposed_reference_rate_proposal_id_reference_rate_proposal FOREIGN KEY(proposal_id)
        REFERENCES reference_rate_proposal (id),
    CONSTRAINT basis CHECK (basis IN ('PBOC_BENCHMARK', 'LPR')),
    CONSTRAINT some_rate CHECK (num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0),
    CONSTRAINT positive CHECK (least(up_to_1y, over_1y_to_5y, over_5y) > 0)
)
""",
    """
CREATE TABLE reference_rate_decision (
    proposal_id UUID NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_reference_rate_decision PRIMARY KEY (proposal_id),
    CONSTRAINT fk_reference_rate_decision_proposal_id_reference_rate_proposal FOREIGN KEY(proposal_id)
        REFERENCES reference_rate_proposal (id),
    CONSTRAINT state CHECK (state IN ('confirmed', 'rejected'))
)
""",
    # Rates that one officer published alone are on no proposal: there is nothing to upgrade from.
    "ALTER TABLE reference_rate ADD COLUMN proposal_id UUID NOT NULL",
    "ALTER TABLE reference_rate ADD COLUMN proposed_by TEXT NOT NULL",
    "ALTER TABLE reference_rate ADD CONSTRAINT fk_reference_rate_proposal_id_reference_rate_proposal "
    "FOREIGN KEY (proposal_id) REFERENCES reference_rate_proposal (id)",
    "ALTER TABLE reference_rate ADD CONSTRAINT two_persons CHECK (published_by <> proposed_by)",
)
GROWING = ("reference_rate_proposal", "proposed_reference_rate", "reference_rate_decision")


def upgrade() -> None:
    """Apply the statements; the new tables only grow."""
    for statement in STATEMENTS:
        op.execute(statement)
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Drop in reverse order."""
    op.execute("ALTER TABLE reference_rate DROP CONSTRAINT two_persons")
    op.execute("ALTER TABLE reference_rate DROP COLUMN proposed_by, DROP COLUMN proposal_id")
    for table in reversed(GROWING):
        op.drop_table(table)
