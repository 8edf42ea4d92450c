"""Subsidy: benefit agreements, their terms, shares, delegates and ends (ZJ-2a, ZJ-2b, ZJ-4, ZJ-5, FJ-9)."""

from alembic import op

revision = "0018_agreements"
down_revision = "0017_projects"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE agreement (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    region_code TEXT NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    project_id UUID,
    follows_id UUID,
    state TEXT DEFAULT 'drafted' NOT NULL,
    version INTEGER DEFAULT '1' NOT NULL,
    event_version INTEGER DEFAULT '0' NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    entity_id UUID,
    dividend_form TEXT,
    drafted_by TEXT NOT NULL,
    drafted_on DATE NOT NULL,
    drafted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    signed_on DATE,
    signed_document TEXT,
    signed_by TEXT,
    confirmed_by TEXT,
    confirmed_as TEXT,
    confirmed_on DATE,
    ended_on DATE,
    CONSTRAINT pk_agreement PRIMARY KEY (id),
    CONSTRAINT kind CHECK (
        kind IN ('household_township', 'rolling_development', 'entity_household', 'township_entity')),
    CONSTRAINT state CHECK (state IN ('drafted', 'signed', 'in_force', 'terminated', 'withdrawn')),
    CONSTRAINT dividend_form CHECK (dividend_form IN ('guaranteed', 'equity', 'linkage')),
    CONSTRAINT valid_for_some_time CHECK (valid_until > valid_from),
    CONSTRAINT signature_is_whole CHECK ((signed_on IS NULL) = (signed_document IS NULL)),
    CONSTRAINT signature_has_an_author CHECK ((signed_on IS NULL) = (signed_by IS NULL)),
    CONSTRAINT confirmation_is_whole CHECK ((confirmed_on IS NULL) = (confirmed_by IS NULL)),
    CONSTRAINT in_force_by_two CHECK (state NOT IN ('in_force', 'terminated') OR confirmed_on IS NOT NULL),
    CONSTRAINT two_persons CHECK (confirmed_by <> signed_by AND confirmed_by <> drafted_by),
    CONSTRAINT ended CHECK ((state IN ('terminated', 'withdrawn')) = (ended_on IS NOT NULL)),
    CONSTRAINT uq_agreement_county_code_number UNIQUE (county_code, number),
    CONSTRAINT fk_agreement_project_id_project FOREIGN KEY(project_id) REFERENCES project (id),
    CONSTRAINT fk_agreement_follows_id_agreement FOREIGN KEY(follows_id) REFERENCES agreement (id)
)
""",
    "CREATE UNIQUE INDEX agreement_followed ON agreement (follows_id) WHERE state <> 'withdrawn'",
    "CREATE INDEX agreement_region ON agreement (region_code, id)",
    """
CREATE TABLE agreement_terms (
    agreement_id UUID NOT NULL,
    version INTEGER NOT NULL,
    terms JSONB NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    proposed_by TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_agreement_terms PRIMARY KEY (agreement_id, version),
    CONSTRAINT state CHECK (state IN ('holds', 'proposed', 'replaced', 'refused')),
    CONSTRAINT reason CHECK ((version = 1) = (reason IS NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by),
    CONSTRAINT decided CHECK (version = 1 OR (state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT fk_agreement_terms_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
)
""",
    "CREATE UNIQUE INDEX agreement_terms_hold ON agreement_terms (agreement_id) WHERE state = 'holds'",
    "CREATE UNIQUE INDEX agreement_terms_proposed ON agreement_terms (agreement_id) WHERE state = 'proposed'",
    """
CREATE TABLE agreement_share (
    agreement_id UUID NOT NULL,
    version INTEGER NOT NULL,
    household_id UUID NOT NULL,
    grant_amount NUMERIC(18, 2) NOT NULL,
    loan_amount NUMERIC(18, 2) NOT NULL,
    area_mu NUMERIC(10, 2) NOT NULL,
    CONSTRAINT pk_agreement_share PRIMARY KEY (agreement_id, version, household_id),
    CONSTRAINT fk_agreement_share_agreement_id_version_agreement_terms FOREIGN KEY(agreement_id, version)
        REFERENCES agreement_terms (agreement_id, version),
    CONSTRAINT signs CHECK (grant_amount >= 0 AND loan_amount >= 0 AND area_mu >= 0)
)
""",
    "CREATE INDEX agreement_share_household ON agreement_share (household_id)",
    """
CREATE TABLE agreement_delegate (
    agreement_id UUID NOT NULL,
    from_on DATE NOT NULL,
    name TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_agreement_delegate PRIMARY KEY (agreement_id, from_on),
    CONSTRAINT fk_agreement_delegate_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
)
""",
    """
CREATE TABLE agreement_termination (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    reason TEXT NOT NULL,
    ends_on DATE NOT NULL,
    principal NUMERIC(18, 2) NOT NULL,
    principal_due_on DATE NOT NULL,
    needs_successor BOOLEAN NOT NULL,
    principal_to TEXT NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_agreement_termination PRIMARY KEY (id),
    CONSTRAINT state CHECK (state IN ('proposed', 'accepted', 'rejected')),
    CONSTRAINT principal CHECK (principal >= 0 AND principal_due_on >= ends_on),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by),
    CONSTRAINT fk_agreement_termination_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
)
""",
    """
CREATE UNIQUE INDEX agreement_termination_once ON agreement_termination (agreement_id) WHERE state <> 'rejected'
""",
    """
CREATE TABLE principal_receipt (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    received_on DATE NOT NULL,
    bank_reference TEXT NOT NULL,
    reverses_id UUID,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_principal_receipt PRIMARY KEY (id),
    CONSTRAINT amount CHECK ((amount < 0) = (reverses_id IS NOT NULL) AND amount <> 0),
    CONSTRAINT fk_principal_receipt_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id),
    CONSTRAINT uq_principal_receipt_reverses_id UNIQUE (reverses_id),
    CONSTRAINT fk_principal_receipt_reverses_id_principal_receipt FOREIGN KEY(reverses_id)
        REFERENCES principal_receipt (id)
)
""",
    """
CREATE UNIQUE INDEX principal_receipt_once ON principal_receipt (agreement_id, bank_reference) WHERE reverses_id IS NULL
""",
    """
CREATE TRIGGER agreement_share_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON agreement_share
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER principal_receipt_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON principal_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget the agreements."""
    for table in (
        "principal_receipt",
        "agreement_termination",
        "agreement_delegate",
        "agreement_share",
        "agreement_terms",
        "agreement",
    ):
        op.execute(f"DROP TABLE {table}")
