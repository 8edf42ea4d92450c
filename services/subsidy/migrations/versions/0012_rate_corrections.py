"""Published rates are corrected by later publications for the same day; what was published stays."""

from alembic import op

revision = "0012_rate_corrections"
down_revision = "0011_restatements"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE reference_rate_proposal ADD COLUMN reason TEXT",
    """
ALTER TABLE proposed_reference_rate ADD COLUMN corrects UUID, DROP CONSTRAINT some_rate,
  ADD CONSTRAINT some_rate CHECK (num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0 OR corrects IS NOT NULL),
  ADD CONSTRAINT fk_proposed_reference_rate_corrects_reference_rate FOREIGN KEY (corrects)
    REFERENCES reference_rate (rate_id)
""",
    "ALTER TABLE reference_rate_decision ADD COLUMN consequences JSONB",
    """
ALTER TABLE reference_rate ADD COLUMN revision INTEGER DEFAULT 1 NOT NULL, ADD COLUMN corrects UUID,
  DROP CONSTRAINT some_rate, DROP CONSTRAINT uq_reference_rate_basis_effective_from,
  ADD CONSTRAINT some_rate CHECK (num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0 OR corrects IS NOT NULL),
  ADD CONSTRAINT corrects CHECK ((revision > 1) = (corrects IS NOT NULL)),
  ADD CONSTRAINT uq_reference_rate_basis_effective_from_revision UNIQUE (basis, effective_from, revision),
  ADD CONSTRAINT uq_reference_rate_corrects UNIQUE (corrects),
  ADD CONSTRAINT fk_reference_rate_corrects_reference_rate FOREIGN KEY (corrects) REFERENCES reference_rate (rate_id)
""",
)
UNDO = (
    """
ALTER TABLE reference_rate DROP CONSTRAINT corrects, DROP CONSTRAINT uq_reference_rate_basis_effective_from_revision,
  DROP CONSTRAINT some_rate, DROP COLUMN revision, DROP COLUMN corrects,
  ADD CONSTRAINT some_rate CHECK (num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0),
  ADD CONSTRAINT uq_reference_rate_basis_effective_from UNIQUE (basis, effective_from)
""",
    "ALTER TABLE reference_rate_decision DROP COLUMN consequences",
    """
ALTER TABLE proposed_reference_rate DROP CONSTRAINT some_rate, DROP COLUMN corrects,
  ADD CONSTRAINT some_rate CHECK (num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0)
""",
    "ALTER TABLE reference_rate_proposal DROP COLUMN reason",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
