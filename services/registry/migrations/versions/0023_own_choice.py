"""Registry: what the village says of a household, who determines an entity, and what a household chose from."""

from alembic import op

revision = "0023_own_choice"
down_revision = "0022_pack_corrections"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE household_testimony (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    good_name BOOLEAN NOT NULL,
    no_bad_habits BOOLEAN NOT NULL,
    family_harmony BOOLEAN NOT NULL,
    willing_to_repay BOOLEAN NOT NULL,
    able_to_repay BOOLEAN NOT NULL,
    valid_from DATE NOT NULL,
    reason TEXT,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    valid_until DATE,
    end_reason TEXT,
    ended_by TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_household_testimony PRIMARY KEY (id),
    CONSTRAINT ends_after_it_began CHECK (valid_until >= valid_from),
    CONSTRAINT ends_with_a_reason CHECK (num_nulls(valid_until, end_reason, ended_by, ended_at) IN (0, 4)),
    CONSTRAINT maker_is_not_checker CHECK (ended_by <> recorded_by),
    CONSTRAINT reason_given CHECK (reason <> '' OR (reason IS NULL AND good_name AND no_bad_habits AND family_harmony
        AND willing_to_repay AND able_to_repay)),
    CONSTRAINT fk_household_testimony_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    "CREATE INDEX household_testimony_latest ON household_testimony (household_id, valid_from DESC, id DESC)",
    """
CREATE TRIGGER household_testimony_is_only_ended BEFORE UPDATE OR DELETE ON household_testimony
FOR EACH ROW EXECUTE FUNCTION refuse_all_but_ending()
""",
    """
CREATE TABLE entity_determination (
    id BIGINT GENERATED ALWAYS AS IDENTITY NOT NULL,
    entity_id UUID NOT NULL,
    party TEXT NOT NULL CONSTRAINT party CHECK (party IN ('county', 'bank', 'insurer')),
    organisation TEXT NOT NULL,
    agrees BOOLEAN NOT NULL,
    decided_on DATE NOT NULL,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    evidence JSONB NOT NULL CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    decided_by TEXT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_entity_determination PRIMARY KEY (id),
    CONSTRAINT organisation_given CHECK (organisation <> ''),
    CONSTRAINT fk_entity_determination_entity_id_implementing_entity FOREIGN KEY(entity_id)
        REFERENCES implementing_entity (id)
)
""",
    """
CREATE INDEX entity_determination_latest
ON entity_determination (entity_id, party, organisation, decided_on DESC, id DESC)
""",
    """
CREATE TRIGGER entity_determination_only_grows BEFORE UPDATE OR DELETE ON entity_determination
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
ALTER TABLE entity_household ADD COLUMN choice JSONB, DROP CONSTRAINT mode,
  ADD CONSTRAINT mode CHECK (mode IN ('indirect', 'equity', 'enterprise_use'))
""",
)
UNDO: tuple[str, ...] = (
    """
ALTER TABLE entity_household DROP COLUMN choice, DROP CONSTRAINT mode,
  ADD CONSTRAINT mode CHECK (mode IN ('indirect', 'enterprise_use'))
""",
    "DROP TABLE entity_determination",
    "DROP TABLE household_testimony",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back in reverse order."""
    for statement in UNDO:
        op.execute(statement)
