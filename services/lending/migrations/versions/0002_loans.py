"""Loans with their schedules, repayments, defaults and recoveries."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.lending.loans.interest_sql import FUNCTIONS, SIGNATURES

revision: str = "0002_loans"
down_revision: str | None = "0001_applications"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LEDGERS = (
    "disbursement",
    "disbursement_rejection",
    "penalty_accrual",
    "repayment",
    "repayment_part",
    "repayment_rejection",
    "default_report",
    "default_confirmation",
    "recovery",
)
TABLES = (*LEDGERS, "installment", "loan", "disbursement_file", "repayment_file")


def upgrade() -> None:
    """Apply."""
    for function in FUNCTIONS:
        op.execute(function)
    _create_loans()
    _create_repayments()
    _create_defaults()
    for table in LEDGERS:
        # For the statement, not for each row: a file of 100 000 lines must not call it 100 000 times.
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take back."""
    for table in TABLES:
        op.execute(f"DROP TABLE {table} CASCADE")
    for signature in SIGNATURES:
        op.execute(f"DROP FUNCTION {signature}")


def _create_loans() -> None:
    op.create_table(
        "disbursement_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("loans", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("late >= 0 AND late <= loans", name="late"),
        sa.CheckConstraint("lines = loans + rejected AND loans >= 0 AND rejected >= 0", name="lines"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disbursement_file")),
    )
    op.create_table(
        "loan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("household_number", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("township_code", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("contract_number", sa.Text(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("loan_round", sa.Integer(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("principal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("annual_rate", sa.Numeric(), nullable=False),
        sa.Column("day_count", sa.Text(), nullable=False),
        sa.Column("repayment_method", sa.Text(), nullable=False),
        sa.Column("rounding", sa.Text(), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("disbursed_on", sa.Date(), nullable=False),
        sa.Column("matures_on", sa.Date(), nullable=False),
        sa.Column("early_payment_window_days", sa.Integer(), nullable=False),
        sa.Column("grace_days", sa.Integer(), nullable=False),
        sa.Column("penalty_multiplier", sa.Numeric(), nullable=False),
        sa.Column("default_after_days", sa.Integer(), nullable=False),
        sa.Column("prepayment_allowed", sa.Boolean(), nullable=False),
        sa.Column("allocation_order", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("principal_outstanding", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column(
            "principal_repaid", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False
        ),
        sa.Column(
            "principal_compensated", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False
        ),
        sa.Column(
            "principal_recovered", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False
        ),
        sa.Column("interest_charged", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("interest_paid", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False),
        sa.Column(
            "interest_compensated", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False
        ),
        sa.Column(
            "interest_recovered", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False
        ),
        sa.Column("penalty_accrued", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False),
        sa.Column("penalty_paid", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'active'"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("overdue_from", sa.Date(), nullable=True),
        sa.Column("was_late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("booked_until", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("defaulted_on", sa.Date(), nullable=True),
        sa.Column("compensated_on", sa.Date(), nullable=True),
        sa.Column("claim_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(compensated_on IS NULL) = (claim_id IS NULL) "
            "AND (state <> 'compensated' OR compensated_on IS NOT NULL) "
            "AND (state <> 'active' OR defaulted_on IS NULL) "
            "AND (state <> 'defaulted' OR defaulted_on IS NOT NULL)",
            name="default_path",
        ),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_on"),
        sa.CheckConstraint("state <> 'closed' OR principal_outstanding = 0", name="closed_owes_nothing"),
        sa.CheckConstraint("state IN ('active', 'closed', 'defaulted', 'compensated')", name="state"),
        sa.CheckConstraint("annual_rate >= 0 AND term_months >= 1 AND loan_round >= 1 AND version >= 1", name="terms"),
        sa.CheckConstraint(
            "interest_paid >= 0 AND interest_paid <= interest_charged AND interest_compensated >= 0 "
            "AND interest_paid + interest_compensated <= interest_charged + penalty_accrued - penalty_paid "
            "AND interest_recovered >= 0 AND interest_recovered <= interest_compensated",
            name="interest_parts",
        ),
        sa.CheckConstraint("matures_on > disbursed_on AND booked_until >= disbursed_on", name="dates"),
        sa.CheckConstraint("penalty_paid >= 0 AND penalty_paid <= penalty_accrued", name="penalty_parts"),
        sa.CheckConstraint(
            "principal > 0 AND principal = principal_outstanding + principal_repaid + principal_compensated",
            name="principal",
        ),
        sa.CheckConstraint(
            "principal_outstanding >= 0 AND principal_repaid >= 0 AND principal_compensated >= 0 "
            "AND principal_recovered >= 0 AND principal_recovered <= principal_compensated",
            name="principal_parts",
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_loan_application_id_application")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["policy_pack.pack_id"], name=op.f("fk_loan_pack_id_policy_pack")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loan")),
        sa.UniqueConstraint("application_id", name=op.f("uq_loan_application_id")),
        sa.UniqueConstraint("bank_code", "contract_number", name=op.f("uq_loan_bank_code_contract_number")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_loan_household_id", "loan", ["household_id"], unique=False)
    op.create_index(
        "ix_loan_village_code",
        "loan",
        ["village_code"],
        unique=False,
        postgresql_ops={"village_code": "text_pattern_ops"},
    )
    op.create_table(
        "disbursement",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("disbursed_on", sa.Date(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("disbursement_due_on", sa.Date(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint(
            "disbursed_on >= handed_over_on AND late = (disbursed_on > disbursement_due_on)", name="late"
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["disbursement_file.id"], name=op.f("fk_disbursement_file_id_disbursement_file")
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_disbursement_loan_id_loan")),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_disbursement")),
        sa.UniqueConstraint("bank_code", "bank_reference", name=op.f("uq_disbursement_bank_code_bank_reference")),
    )
    op.create_table(
        "disbursement_rejection",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=True),
        sa.Column("contract_number", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["disbursement_file.id"], name=op.f("fk_disbursement_rejection_file_id_disbursement_file")
        ),
        sa.PrimaryKeyConstraint("file_id", "line_number", name=op.f("pk_disbursement_rejection")),
    )
    op.create_table(
        "installment",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("principal_due", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("interest_due", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("penalty_due", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False),
        sa.Column("principal_paid", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False),
        sa.Column("interest_paid", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False),
        sa.Column("penalty_paid", sa.Numeric(precision=18, scale=2), server_default=sa.text("0.00"), nullable=False),
        sa.Column("penalty_until_on", sa.Date(), nullable=False),
        sa.Column("cancelled_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "cancelled_on IS NULL OR (principal_paid = 0 AND interest_paid = 0 AND penalty_due = 0)", name="cancelled"
        ),
        sa.CheckConstraint("interest_paid >= 0 AND interest_paid <= interest_due", name="interest"),
        sa.CheckConstraint("number >= 1 AND days >= 0 AND due_on >= period_from", name="dates"),
        sa.CheckConstraint("penalty_paid >= 0 AND penalty_paid <= penalty_due", name="penalty"),
        sa.CheckConstraint("principal_paid >= 0 AND principal_paid <= principal_due", name="principal"),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_installment_loan_id_loan")),
        sa.PrimaryKeyConstraint("loan_id", "number", name=op.f("pk_installment")),
        postgresql_with={"fillfactor": "80"},
    )
    op.create_table(
        "penalty_accrual",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("installment_number", sa.Integer(), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_until", sa.Date(), nullable=False),
        sa.Column("overdue", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("period_until > period_from AND overdue > 0 AND amount >= 0", name="span"),
        sa.PrimaryKeyConstraint("loan_id", "installment_number", "period_until", name=op.f("pk_penalty_accrual")),
    )


def _create_repayments() -> None:
    op.create_table(
        "repayment_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("total", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("recorded", sa.Integer(), nullable=False),
        sa.Column("already_recorded", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.Column("amount_recorded", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("penalty", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("interest", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("principal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("loans_closed", sa.Integer(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("amount_recorded = penalty + interest + principal", name="amount_recorded"),
        sa.CheckConstraint("lines = recorded + already_recorded + rejected", name="lines"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment_file")),
    )
    op.create_table(
        "repayment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("penalty", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("interest", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("principal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("principal_outstanding", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("loan_version", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("line_number", sa.Integer(), nullable=True),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('repayment', 'prepayment')", name="kind"),
        sa.CheckConstraint("(file_id IS NULL) = (line_number IS NULL)", name="line_number"),
        sa.CheckConstraint("amount > 0 AND amount = penalty + interest + principal", name="amount"),
        sa.CheckConstraint(
            "penalty >= 0 AND interest >= 0 AND principal >= 0 AND principal_outstanding >= 0", name="parts"
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_repayment_loan_id_loan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repayment")),
        sa.UniqueConstraint("bank_code", "bank_reference", name=op.f("uq_repayment_bank_code_bank_reference")),
    )
    op.create_index("ix_repayment_loan_id", "repayment", ["loan_id"], unique=False)
    op.create_table(
        "repayment_part",
        sa.Column("repayment_id", sa.Uuid(), nullable=False),
        sa.Column("installment_number", sa.Integer(), nullable=False),
        sa.Column("penalty", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("interest", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("principal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint(
            "penalty >= 0 AND interest >= 0 AND principal >= 0 AND penalty + interest + principal > 0", name="parts"
        ),
        sa.ForeignKeyConstraint(
            ["repayment_id"], ["repayment.id"], name=op.f("fk_repayment_part_repayment_id_repayment")
        ),
        sa.PrimaryKeyConstraint("repayment_id", "installment_number", name=op.f("pk_repayment_part")),
    )

    op.create_table(
        "repayment_rejection",
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("line_number", sa.Integer(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=True),
        sa.Column("contract_number", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("paid_on", sa.Text(), nullable=True),
        sa.Column("amount", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["file_id"], ["repayment_file.id"], name=op.f("fk_repayment_rejection_file_id_repayment_file")
        ),
        sa.PrimaryKeyConstraint("file_id", "line_number", name=op.f("pk_repayment_rejection")),
    )


def _create_defaults() -> None:
    op.create_table(
        "default_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("overdue_from", sa.Date(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("malicious", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("died_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("days_past_due", sa.Integer(), nullable=False),
        sa.Column("reported_by", sa.Text(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(died_on IS NOT NULL) = (cause = 'death') AND died_on <= reported_on", name="died_on"),
        sa.CheckConstraint("days_past_due >= 1", name="days_past_due"),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_default_report_loan_id_loan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_default_report")),
        sa.UniqueConstraint("loan_id", "overdue_from", name=op.f("uq_default_report_loan_id_overdue_since_on")),
    )
    op.create_table(
        "default_confirmation",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=False),
        sa.Column("overdue_from", sa.Date(), nullable=False),
        sa.Column("days_past_due", sa.Integer(), nullable=False),
        sa.Column("principal_outstanding", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("interest_overdue", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("penalty_overdue", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "principal_outstanding > 0 AND interest_overdue >= 0 AND penalty_overdue >= 0 AND days_past_due >= 1",
            name="figures",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["default_report.id"], name=op.f("fk_default_confirmation_report_id_default_report")
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_default_confirmation")),
    )
    op.create_table(
        "recovery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("bank_reference", sa.Text(), nullable=False),
        sa.Column("recovered_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("principal", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("interest", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("loan_version", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "amount > 0 AND amount = principal + interest AND principal >= 0 AND interest >= 0", name="amount"
        ),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_recovery_loan_id_loan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery")),
        sa.UniqueConstraint("bank_code", "bank_reference", name=op.f("uq_recovery_bank_code_bank_reference")),
    )
    op.create_index("ix_recovery_loan_id", "recovery", ["loan_id"], unique=False)
