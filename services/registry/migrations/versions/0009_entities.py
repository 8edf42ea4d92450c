"""Registry: implementing entities and the households bound to them."""

from alembic import op

revision = "0009_entities"
down_revision = "0008_lists"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE implementing_entity (
    id UUID NOT NULL,
    version INTEGER NOT NULL CONSTRAINT version CHECK (version >= 0),
    county_code TEXT NOT NULL,
    region_code TEXT NOT NULL,
    name TEXT NOT NULL CONSTRAINT name_given CHECK (name <> ''),
    credit_code TEXT NOT NULL
        CONSTRAINT credit_code CHECK (credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$'),
    kind TEXT NOT NULL
        CONSTRAINT kind CHECK (kind IN ('enterprise', 'cooperative', 'family_farm', 'large_grower')),
    legal_representative_sealed BYTEA NOT NULL,
    bank_code TEXT NOT NULL,
    settlement_account_sealed BYTEA NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('active', 'ended')),
    registered_on DATE NOT NULL,
    registered_by TEXT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_on DATE,
    end_reason TEXT,
    ended_by TEXT,
    CONSTRAINT pk_implementing_entity PRIMARY KEY (id),
    CONSTRAINT uq_implementing_entity_credit_code UNIQUE (credit_code),
    CONSTRAINT region_in_county CHECK (region_code ^@ county_code AND length(county_code) = 6),
    CONSTRAINT ended_is_whole CHECK (num_nulls(ended_on, end_reason, ended_by)
        = CASE WHEN state = 'ended' THEN 0 ELSE 3 END),
    CONSTRAINT ends_after_registering CHECK (ended_on >= registered_on),
    CONSTRAINT fk_implementing_entity_region_code_region FOREIGN KEY(region_code) REFERENCES region (code)
)
""",
    "CREATE INDEX implementing_entity_county ON implementing_entity (county_code, id)",
    """
CREATE TABLE entity_correction (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    entity_id UUID NOT NULL,
    name TEXT NOT NULL,
    legal_representative_sealed BYTEA NOT NULL,
    bank_code TEXT NOT NULL,
    settlement_account_sealed BYTEA NOT NULL,
    corrected_on DATE NOT NULL,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    evidence JSONB NOT NULL CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    corrected_by TEXT NOT NULL,
    corrected_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_entity_correction PRIMARY KEY (id),
    CONSTRAINT fk_entity_correction_entity_id_implementing_entity FOREIGN KEY(entity_id)
        REFERENCES implementing_entity (id)
)
""",
    "CREATE INDEX entity_correction_history ON entity_correction (entity_id, id)",
    """
CREATE TABLE entity_condition (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    entity_id UUID NOT NULL,
    condition TEXT NOT NULL,
    met BOOLEAN NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    evidence JSONB NOT NULL CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    checked_by TEXT NOT NULL,
    checked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_entity_condition PRIMARY KEY (id),
    CONSTRAINT valid_for_some_time CHECK (valid_until > valid_from),
    CONSTRAINT fk_entity_condition_entity_id_implementing_entity FOREIGN KEY(entity_id)
        REFERENCES implementing_entity (id)
)
""",
    """
CREATE INDEX entity_condition_history ON entity_condition (entity_id, condition, valid_from DESC, id DESC)
""",
    """
CREATE TABLE entity_assessment (
    id UUID NOT NULL,
    entity_id UUID NOT NULL,
    households_max INTEGER NOT NULL CONSTRAINT households_max CHECK (households_max > 0),
    amount_max NUMERIC(18, 2) NOT NULL CONSTRAINT amount_max CHECK (amount_max > 0),
    assessed_on DATE NOT NULL,
    valid_until DATE NOT NULL,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    evidence JSONB NOT NULL CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'rejected')),
    decided_by TEXT,
    decided_on DATE,
    decision_reason TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_entity_assessment PRIMARY KEY (id),
    CONSTRAINT valid_for_some_time CHECK (valid_until > assessed_on),
    CONSTRAINT decision_is_whole CHECK (num_nulls(decided_by, decided_on, decision_reason, decided_at)
        = CASE WHEN state = 'proposed' THEN 4 ELSE 0 END),
    CONSTRAINT decided_after_assessing CHECK (decided_on >= assessed_on),
    CONSTRAINT maker_is_not_checker CHECK (decided_by <> proposed_by),
    CONSTRAINT fk_entity_assessment_entity_id_implementing_entity FOREIGN KEY(entity_id)
        REFERENCES implementing_entity (id)
)
""",
    "CREATE UNIQUE INDEX entity_assessment_one_proposed ON entity_assessment (entity_id) WHERE state = 'proposed'",
    """
CREATE INDEX entity_assessment_in_force ON entity_assessment (entity_id, decided_on DESC, id DESC)
WHERE state = 'confirmed'
""",
    """
CREATE TABLE entity_household (
    id UUID NOT NULL,
    entity_id UUID NOT NULL,
    household_id UUID NOT NULL,
    mode TEXT NOT NULL CONSTRAINT mode CHECK (mode IN ('indirect', 'enterprise_use')),
    agreement_number TEXT NOT NULL CONSTRAINT agreement_given CHECK (agreement_number <> ''),
    amount NUMERIC(18, 2) NOT NULL CONSTRAINT amount CHECK (amount > 0),
    valid_from DATE NOT NULL,
    valid_until DATE,
    end_reason TEXT,
    bound_by TEXT NOT NULL,
    bound_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_by TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_entity_household PRIMARY KEY (id),
    CONSTRAINT uq_entity_household_entity_id_agreement_number UNIQUE (entity_id, agreement_number),
    CONSTRAINT ends_after_beginning CHECK (valid_until >= valid_from),
    CONSTRAINT ended_is_whole CHECK (num_nulls(valid_until, end_reason, ended_by, ended_at) IN (0, 4)),
    CONSTRAINT fk_entity_household_entity_id_implementing_entity FOREIGN KEY(entity_id)
        REFERENCES implementing_entity (id),
    CONSTRAINT fk_entity_household_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    "CREATE UNIQUE INDEX entity_household_one_entity ON entity_household (household_id) WHERE valid_until IS NULL",
    "CREATE INDEX entity_household_of_household ON entity_household (household_id, valid_from)",
    "CREATE INDEX entity_household_of_entity ON entity_household (entity_id, id)",
    """
ALTER TABLE listing ADD CONSTRAINT fk_listing_entity_id_implementing_entity
    FOREIGN KEY(entity_id) REFERENCES implementing_entity (id)
""",
    """
ALTER TABLE listing_request ADD CONSTRAINT fk_listing_request_entity_id_implementing_entity
    FOREIGN KEY(entity_id) REFERENCES implementing_entity (id)
""",
    """
CREATE TRIGGER entity_correction_only_grows BEFORE UPDATE OR DELETE ON entity_correction
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER entity_condition_only_grows BEFORE UPDATE OR DELETE ON entity_condition
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER implementing_entity_is_kept BEFORE DELETE ON implementing_entity
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER entity_assessment_is_kept BEFORE DELETE ON entity_assessment
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER entity_assessment_decided_once BEFORE UPDATE ON entity_assessment
FOR EACH ROW WHEN (OLD.state <> 'proposed') EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER entity_household_is_kept BEFORE DELETE ON entity_household
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER entity_household_ended_once BEFORE UPDATE ON entity_household
FOR EACH ROW WHEN (OLD.valid_until IS NOT NULL) EXECUTE FUNCTION refuse_change()
""",
)
UNDO: tuple[str, ...] = (
    "ALTER TABLE listing_request DROP CONSTRAINT fk_listing_request_entity_id_implementing_entity",
    "ALTER TABLE listing DROP CONSTRAINT fk_listing_entity_id_implementing_entity",
    "DROP TABLE entity_household",
    "DROP TABLE entity_assessment",
    "DROP TABLE entity_condition",
    "DROP TABLE entity_correction",
    "DROP TABLE implementing_entity",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, in the order given."""
    for statement in UNDO:
        op.execute(statement)
