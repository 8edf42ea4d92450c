"""A county may have an account for a bank's loans alone; each loan keeps the account that covers it."""

from alembic import op

revision = "0009_accounts"
down_revision = "0008_pack_corrections"
branch_labels = None
depends_on = None

_UPGRADE = (
    "ALTER TABLE fund ADD COLUMN bank_code TEXT",
    "ALTER TABLE fund DROP CONSTRAINT uq_fund_county_code",
    "ALTER TABLE fund ADD CONSTRAINT uq_fund_county_code UNIQUE NULLS NOT DISTINCT (county_code, bank_code)",
    "ALTER TABLE covered_loan ADD COLUMN fund_id UUID",
    "UPDATE covered_loan l SET fund_id = f.id FROM fund f WHERE f.county_code = l.county_code AND NOT l.without_cover",
    "ALTER TABLE covered_loan ADD CONSTRAINT fk_covered_loan_fund_id_fund FOREIGN KEY (fund_id) REFERENCES fund (id)",
    "ALTER TABLE covered_loan ADD CONSTRAINT ck_covered_loan_covered_by_a_fund "
    "CHECK (NOT without_cover OR fund_id IS NULL)",
    "CREATE INDEX ix_covered_loan_fund_id ON covered_loan (fund_id)",
)
_DOWNGRADE = (
    "ALTER TABLE covered_loan DROP COLUMN fund_id",
    "ALTER TABLE fund DROP CONSTRAINT uq_fund_county_code",
    "ALTER TABLE fund ADD CONSTRAINT uq_fund_county_code UNIQUE (county_code)",
    "ALTER TABLE fund DROP COLUMN bank_code",
)


def upgrade() -> None:
    """Apply the statements; the loans of before are covered by their county's one account."""
    for statement in _UPGRADE:
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    for statement in _DOWNGRADE:
        op.execute(statement)
