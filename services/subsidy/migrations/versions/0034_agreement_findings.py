"""Subsidy: dividends and income money of agreements are supervised as projects are."""

from alembic import op

revision = "0034_agreement_findings"
down_revision = "0033_late_periods"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a finding belong to an agreement."""
    op.execute("""
ALTER TABLE project_finding ALTER COLUMN project_id DROP NOT NULL, ADD COLUMN agreement_id UUID,
    ADD CONSTRAINT of_one CHECK (num_nonnulls(project_id, agreement_id) = 1),
    ADD CONSTRAINT fk_project_finding_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
""")
    op.execute("""
CREATE INDEX ix_project_finding_agreement_id ON project_finding (agreement_id) WHERE agreement_id IS NOT NULL
""")


def downgrade() -> None:
    """Take back; refused once an agreement has a finding."""
    op.execute("""
ALTER TABLE project_finding DROP CONSTRAINT of_one, DROP COLUMN agreement_id, ALTER COLUMN project_id SET NOT NULL
""")
