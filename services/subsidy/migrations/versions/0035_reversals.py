"""Subsidy: what two persons take back of projects, grants and agreements; leases' services; security by day."""

from alembic import op

revision = "0035_reversals"
down_revision = "0034_agreement_findings"
branch_labels = None
depends_on = None

UP: tuple[str, ...] = (
    """
CREATE TABLE reversal (
    id UUID NOT NULL,
    subject TEXT NOT NULL,
    subject_id UUID NOT NULL,
    number INTEGER,
    region_code TEXT NOT NULL,
    amount NUMERIC(18, 2),
    reference TEXT,
    happened_on DATE,
    reason TEXT NOT NULL,
    document TEXT NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_reversal PRIMARY KEY (id),
    CONSTRAINT subject CHECK (subject IN ('project_step', 'project_measure', 'project_receipt', 'grant_standard',
        'grant_list', 'household_grant', 'principal_receipt', 'dividend_payment', 'lease_entry', 'lease_service',
        'security')),
    CONSTRAINT number CHECK ((subject = 'project_step') = (number IS NOT NULL)),
    CONSTRAINT amount CHECK (amount >= 0),
    CONSTRAINT reference CHECK ((subject = 'security') = (reference IS NOT NULL)),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
        AND num_nulls(decided_by, decided_on, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by AND decided_on >= proposed_on)
)
""",
    "CREATE UNIQUE INDEX uq_reversal_proposed ON reversal (subject, subject_id) WHERE state = 'proposed'",
    "CREATE INDEX ix_reversal_subject_id ON reversal (subject_id)",
    """
ALTER TABLE project_step ADD COLUMN entity_code TEXT, ADD COLUMN entity_name TEXT,
    ADD CONSTRAINT entity CHECK ((entity_code IS NULL) = (entity_name IS NULL)
        AND (entity_code IS NULL OR step = 'entity'))
""",
    """
UPDATE project_step s SET entity_code = p.entity_code, entity_name = p.entity_name FROM project p
WHERE p.id = s.project_id AND s.step = 'entity' AND p.entity_code IS NOT NULL AND NOT EXISTS (
    SELECT FROM project_step l WHERE l.project_id = s.project_id AND l.step = 'entity' AND l.number > s.number)
""",
    """
ALTER TABLE project_measure ADD COLUMN waived NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    ADD CONSTRAINT waived CHECK (waived >= 0 AND waived <= coalesce(amount, 0))
""",
    """
ALTER TABLE project_receipt ADD COLUMN reversed_on DATE, DROP CONSTRAINT uq_project_receipt_bank_reference,
    ADD CONSTRAINT reversed_on CHECK (reversed_on >= received_on)
""",
    "CREATE UNIQUE INDEX uq_project_receipt_bank_reference ON project_receipt (bank_reference) "
    "WHERE reversed_on IS NULL",
    """
CREATE TABLE project_receipt_part (
    receipt_id UUID NOT NULL,
    programme_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_project_receipt_part PRIMARY KEY (receipt_id, programme_id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT fk_project_receipt_part_receipt_id_project_receipt FOREIGN KEY(receipt_id)
        REFERENCES project_receipt (id),
    CONSTRAINT fk_project_receipt_part_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
)
""",
    """
INSERT INTO project_receipt_part (receipt_id, programme_id, amount)
SELECT r.id, (min(m.programme_id::text))::uuid, r.amount
FROM project_receipt r JOIN project_measure e ON e.id = r.measure_id JOIN project_money m ON m.project_id = e.project_id
GROUP BY r.id, r.amount HAVING count(*) = 1
""",
    """
ALTER TABLE grant_standard DROP CONSTRAINT state,
    ADD CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn'))
""",
    "DROP INDEX uq_grant_standard_code",
    "CREATE UNIQUE INDEX uq_grant_standard_code ON grant_standard (county_code, year, code) "
    "WHERE state NOT IN ('refused', 'withdrawn')",
    """
ALTER TABLE grant_list DROP CONSTRAINT state,
    ADD CONSTRAINT state CHECK (state IN ('proposed', 'approved', 'refused', 'withdrawn'))
""",
    """
ALTER TABLE household_grant ADD COLUMN taken_back NUMERIC(18, 2) DEFAULT '0' NOT NULL, DROP CONSTRAINT state,
    ADD CONSTRAINT state CHECK (state IN ('proposed', 'approved', 'paid', 'refused', 'withdrawn', 'taken_back')),
    ADD CONSTRAINT taken_back CHECK (taken_back >= 0 AND taken_back <= amount
        AND (state = 'taken_back') = (taken_back = amount) AND (taken_back = 0 OR state IN ('paid', 'taken_back')))
""",
    "DROP INDEX uq_household_grant_live",
    "CREATE UNIQUE INDEX uq_household_grant_live ON household_grant (project_id, household_id) "
    "WHERE state NOT IN ('refused', 'withdrawn', 'taken_back')",
    """
ALTER TABLE clawback ALTER COLUMN line_id DROP NOT NULL, ALTER COLUMN loan_id DROP NOT NULL,
    ADD COLUMN grant_id UUID, ADD COLUMN programme_id UUID,
    ADD CONSTRAINT origin CHECK (num_nonnulls(line_id, loan_id) = 2 AND num_nonnulls(grant_id, programme_id) = 0
        OR num_nonnulls(line_id, loan_id) = 0 AND num_nonnulls(grant_id, programme_id) = 2 AND offset_amount = 0),
    ADD CONSTRAINT fk_clawback_grant_id_household_grant FOREIGN KEY(grant_id) REFERENCES household_grant (id),
    ADD CONSTRAINT fk_clawback_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
""",
    "CREATE INDEX ix_clawback_grant_id ON clawback (grant_id) WHERE grant_id IS NOT NULL",
    "ALTER TABLE agreement ADD COLUMN security_needed NUMERIC(18, 2) DEFAULT '0' NOT NULL",
    # Of agreements in force what they invested: the one document that asks for security wants all of it.
    """
UPDATE agreement a SET security_needed = (SELECT coalesce(sum(s.grant_amount), 0) FROM agreement_share s
    WHERE s.agreement_id = a.id AND s.version = a.version)
WHERE a.kind = 'entity_household' AND a.dividend_form = 'guaranteed' AND a.confirmed_on IS NOT NULL
""",
    """
CREATE TABLE security_release (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    valuation_document TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    released_on DATE NOT NULL,
    CONSTRAINT pk_security_release PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT fk_security_release_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
)
""",
    "CREATE INDEX security_release_agreement ON security_release (agreement_id)",
    """
CREATE TRIGGER security_release_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON security_release
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    "DROP INDEX principal_receipt_once",
    "CREATE INDEX principal_receipt_reference ON principal_receipt (agreement_id, bank_reference)",
    "DROP INDEX dividend_payment_once",
    "CREATE INDEX dividend_payment_reference ON dividend_payment (agreement_id, bank_reference)",
    "DROP INDEX lease_entry_once",
    "CREATE INDEX lease_entry_reference ON lease_entry (agreement_id, bank_reference)",
    """
CREATE TABLE lease_service (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    year_number INTEGER NOT NULL,
    service TEXT NOT NULL,
    what TEXT NOT NULL,
    document TEXT NOT NULL,
    served_on DATE NOT NULL,
    reversed_on DATE,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_lease_service PRIMARY KEY (id),
    CONSTRAINT service CHECK (service IN ('management', 'guidance', 'service')),
    CONSTRAINT days CHECK (year_number > 0 AND reversed_on >= served_on),
    CONSTRAINT fk_lease_service_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
)
""",
    "CREATE INDEX lease_service_agreement ON lease_service (agreement_id, year_number)",
    *(
        f"CREATE TRIGGER {table}_stays BEFORE DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in ("reversal", "project_receipt_part", "lease_service")
    ),
)
DOWN: tuple[str, ...] = (
    "DROP TABLE lease_service",
    "DROP INDEX lease_entry_reference",
    "CREATE UNIQUE INDEX lease_entry_once ON lease_entry (agreement_id, bank_reference) WHERE reverses_id IS NULL",
    "DROP INDEX dividend_payment_reference",
    "CREATE UNIQUE INDEX dividend_payment_once ON dividend_payment (agreement_id, bank_reference) "
    "WHERE reverses_id IS NULL",
    "DROP INDEX principal_receipt_reference",
    "CREATE UNIQUE INDEX principal_receipt_once ON principal_receipt (agreement_id, bank_reference) "
    "WHERE reverses_id IS NULL",
    "DROP TABLE security_release",
    "ALTER TABLE agreement DROP COLUMN security_needed",
    """
ALTER TABLE clawback DROP CONSTRAINT origin, DROP COLUMN grant_id, DROP COLUMN programme_id,
    ALTER COLUMN line_id SET NOT NULL, ALTER COLUMN loan_id SET NOT NULL
""",
    "DROP INDEX uq_household_grant_live",
    """
ALTER TABLE household_grant DROP CONSTRAINT taken_back, DROP CONSTRAINT state, DROP COLUMN taken_back,
    ADD CONSTRAINT state CHECK (state IN ('proposed', 'approved', 'paid', 'refused'))
""",
    "CREATE UNIQUE INDEX uq_household_grant_live ON household_grant (project_id, household_id) "
    "WHERE state <> 'refused'",
    """
ALTER TABLE grant_list DROP CONSTRAINT state, ADD CONSTRAINT state CHECK (state IN ('proposed', 'approved', 'refused'))
""",
    "DROP INDEX uq_grant_standard_code",
    """
ALTER TABLE grant_standard DROP CONSTRAINT state,
    ADD CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused'))
""",
    "CREATE UNIQUE INDEX uq_grant_standard_code ON grant_standard (county_code, year, code) WHERE state <> 'refused'",
    "DROP TABLE project_receipt_part",
    "DROP INDEX uq_project_receipt_bank_reference",
    """
ALTER TABLE project_receipt DROP CONSTRAINT reversed_on, DROP COLUMN reversed_on,
    ADD CONSTRAINT uq_project_receipt_bank_reference UNIQUE (bank_reference)
""",
    "ALTER TABLE project_measure DROP CONSTRAINT waived, DROP COLUMN waived",
    "ALTER TABLE project_step DROP CONSTRAINT entity, DROP COLUMN entity_code, DROP COLUMN entity_name",
    "DROP TABLE reversal",
)


def upgrade() -> None:
    """Apply; what two persons took back stays on file."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Take back; refused once something was taken back that the tables before cannot say."""
    for statement in DOWN:
        op.execute(statement)
