"""Subsidy: a payee in force is withdrawn by two persons."""

from alembic import op

revision = "0042_payee_withdrawals"
down_revision = "0041_rejections"
branch_labels = None
depends_on = None

_SUBJECTS = (
    "'project_step', 'project_measure', 'project_receipt', 'grant_standard', 'grant_list', 'household_grant', "
    "'principal_receipt', 'dividend_payment', 'lease_entry', 'lease_service', 'security', 'rejected_transfer'"
)


def upgrade() -> None:
    """Apply."""
    op.execute(
        "ALTER TABLE reversal DROP CONSTRAINT subject, "
        f"ADD CONSTRAINT subject CHECK (subject IN ({_SUBJECTS}, 'subsidy_payee'))"
    )
    op.execute(
        "ALTER TABLE subsidy_payee DROP CONSTRAINT payee_state, ADD CONSTRAINT payee_state "
        "CHECK (state IN ('proposed', 'in_force', 'refused', 'replaced', 'withdrawn'))"
    )


def downgrade() -> None:
    """Take back."""
    op.execute(
        "ALTER TABLE subsidy_payee DROP CONSTRAINT payee_state, ADD CONSTRAINT payee_state "
        "CHECK (state IN ('proposed', 'in_force', 'refused', 'replaced'))"
    )
    op.execute(f"ALTER TABLE reversal DROP CONSTRAINT subject, ADD CONSTRAINT subject CHECK (subject IN ({_SUBJECTS}))")
