"""Subsidy: standards of direct grants, lists of grants and their transfers (DY-7, ZJ-6, ZJ-2a)."""

from alembic import op

revision = "0019_grants"
down_revision = "0018_agreements"
branch_labels = None
depends_on = None

TABLES = (
    "grant_standard",
    "grant_list",
    "household_grant",
    "grant_transfer",
)
STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE grant_standard (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    year INTEGER NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    unit TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    document TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_grant_standard PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by AND decided_on >= proposed_on)
)
""",
    """
CREATE UNIQUE INDEX uq_grant_standard_code ON grant_standard (county_code, year, code)
    WHERE state <> 'refused'
""",
    """
CREATE TABLE grant_list (
    id UUID NOT NULL,
    project_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    documents TEXT[] NOT NULL,
    state TEXT NOT NULL,
    version INTEGER DEFAULT '0' NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    decided_by TEXT,
    decided_as TEXT,
    decided_on DATE,
    decision_note TEXT,
    CONSTRAINT pk_grant_list PRIMARY KEY (id),
    CONSTRAINT state CHECK (state IN ('proposed', 'approved', 'refused')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by AND decided_on >= proposed_on),
    CONSTRAINT fk_grant_list_project_id_project FOREIGN KEY(project_id) REFERENCES project (id)
)
""",
    "CREATE INDEX ix_grant_list_project_id ON grant_list (project_id)",
    """
CREATE TABLE household_grant (
    id UUID NOT NULL,
    list_id UUID NOT NULL,
    project_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    household_id UUID NOT NULL,
    standard_id UUID,
    units INTEGER,
    amount NUMERIC(18, 2) NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_household_grant PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0 AND units > 0),
    CONSTRAINT standard CHECK ((standard_id IS NULL) = (units IS NULL)),
    CONSTRAINT state CHECK (state IN ('proposed', 'approved', 'paid', 'refused')),
    CONSTRAINT fk_household_grant_list_id_grant_list FOREIGN KEY(list_id) REFERENCES grant_list (id),
    CONSTRAINT fk_household_grant_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_household_grant_standard_id_grant_standard FOREIGN KEY(standard_id) REFERENCES grant_standard (id)
)
""",
    "CREATE INDEX ix_household_grant_county ON household_grant (county_code, household_id)",
    "CREATE INDEX ix_household_grant_list_id ON household_grant (list_id)",
    """
CREATE UNIQUE INDEX uq_household_grant_live ON household_grant (project_id, household_id)
    WHERE state <> 'refused'
""",
    """
CREATE TABLE grant_transfer (
    id UUID NOT NULL,
    grant_id UUID NOT NULL,
    list_id UUID NOT NULL,
    holder_name_sealed BYTEA NOT NULL,
    bank_code TEXT NOT NULL,
    account_sealed BYTEA NOT NULL,
    account_version INTEGER NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    state TEXT NOT NULL,
    sent_by TEXT NOT NULL,
    sent_on DATE NOT NULL,
    settled_on DATE,
    reason TEXT,
    CONSTRAINT pk_grant_transfer PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT state CHECK (state IN ('sent', 'paid', 'rejected', 'returned')),
    CONSTRAINT settled CHECK ((state = 'sent') = (settled_on IS NULL) AND settled_on >= sent_on),
    CONSTRAINT fk_grant_transfer_grant_id_household_grant FOREIGN KEY(grant_id) REFERENCES household_grant (id),
    CONSTRAINT fk_grant_transfer_list_id_grant_list FOREIGN KEY(list_id) REFERENCES grant_list (id)
)
""",
    "CREATE INDEX ix_grant_transfer_list_id ON grant_transfer (list_id)",
    "CREATE UNIQUE INDEX uq_grant_transfer_live ON grant_transfer (grant_id) WHERE state IN ('sent', 'paid')",
)


def upgrade() -> None:
    """Create the tables; what was recorded is never deleted."""
    for statement in STATEMENTS:
        op.execute(statement)
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take the tables back."""
    for table in reversed(TABLES):
        op.drop_table(table)
