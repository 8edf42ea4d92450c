"""Which bank answers for the households of which villages, from which day on."""

from alembic import op

revision = "0017_responsible_banks"
down_revision = "0016_notices"
branch_labels = None
depends_on = None

_UPGRADE = (
    """
CREATE TABLE responsibility (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    bank_code TEXT,
    from_on DATE NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_responsibility PRIMARY KEY (id),
    CONSTRAINT fk_responsibility_county_code_lender FOREIGN KEY (county_code, bank_code)
      REFERENCES lender (county_code, code),
    CONSTRAINT ck_responsibility_state CHECK (state IN ('proposed', 'confirmed', 'refused')),
    CONSTRAINT ck_responsibility_decided CHECK (
      (state = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_on IS NULL)
      AND (decided_by IS NULL) = (decided_at IS NULL)),
    CONSTRAINT ck_responsibility_two_persons CHECK (decided_by <> proposed_by),
    CONSTRAINT ck_responsibility_decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT ck_responsibility_decision_reason CHECK (state <> 'refused' OR decision_reason IS NOT NULL)
)
""",
    "CREATE INDEX ix_responsibility_county_code ON responsibility (county_code, from_on)",
    """
CREATE TABLE responsibility_region (
    responsibility_id UUID NOT NULL,
    region_code TEXT NOT NULL,
    CONSTRAINT pk_responsibility_region PRIMARY KEY (responsibility_id, region_code),
    CONSTRAINT fk_responsibility_region_responsibility_id_responsibility FOREIGN KEY (responsibility_id)
      REFERENCES responsibility (id),
    CONSTRAINT ck_responsibility_region_region_code CHECK (region_code ~ '^([0-9]{9}|[0-9]{12})$')
)
""",
    "CREATE INDEX ix_responsibility_region_region_code ON responsibility_region (region_code)",
    "ALTER TABLE application ADD COLUMN responsible_bank_code TEXT",
)
_DOWNGRADE = (
    "ALTER TABLE application DROP COLUMN responsible_bank_code",
    "DROP TABLE responsibility_region",
    "DROP TABLE responsibility",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in _UPGRADE:
        op.execute(statement)


def downgrade() -> None:
    """Drop them in reverse order."""
    for statement in _DOWNGRADE:
        op.execute(statement)
