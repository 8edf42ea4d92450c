"""Registry: a wrong pack is corrected for open contracts by two persons."""

from alembic import op

revision = "0022_pack_corrections"
down_revision = "0021_joint_lists"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("""
CREATE TABLE pack_correction (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    pack_id UUID NOT NULL,
    follows_pack_id UUID NOT NULL,
    keys TEXT[] NOT NULL,
    effective_from DATE NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    after_number INTEGER NOT NULL,
    number INTEGER,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    confirmed_by TEXT,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    withdrawn_by TEXT,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    withdrawal_reason TEXT,
    CONSTRAINT pk_pack_correction PRIMARY KEY (id),
    CONSTRAINT fk_pack_correction_pack_id_policy_pack FOREIGN KEY (pack_id) REFERENCES policy_pack (id),
    CONSTRAINT fk_pack_correction_follows_pack_id_policy_pack FOREIGN KEY (follows_pack_id) REFERENCES policy_pack (id),
    CONSTRAINT uq_pack_correction_pack_id_number UNIQUE (pack_id, number),
    CONSTRAINT keys CHECK (cardinality(keys) > 0),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'withdrawn')),
    CONSTRAINT follows_another CHECK (follows_pack_id <> pack_id OR after_number > 0),
    CONSTRAINT confirmed_by_someone CHECK ((state = 'confirmed') = (confirmed_by IS NOT NULL)),
    CONSTRAINT confirmed_has_a_number CHECK ((state = 'confirmed') = (number IS NOT NULL)),
    CONSTRAINT confirmed_at_some_time CHECK ((state = 'confirmed') = (confirmed_at IS NOT NULL)),
    CONSTRAINT withdrawn_by_someone CHECK ((state = 'withdrawn') = (withdrawn_by IS NOT NULL)),
    CONSTRAINT withdrawn_with_a_reason CHECK ((state = 'withdrawn') = (withdrawal_reason IS NOT NULL)),
    CONSTRAINT maker_is_not_checker CHECK (confirmed_by <> proposed_by)
)
""")
    op.execute("CREATE INDEX ix_pack_correction_county_code ON pack_correction (county_code)")
    op.execute("""
CREATE FUNCTION pack_correction_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state <> 'proposed'
     OR to_jsonb(NEW) - '{state,number,confirmed_by,confirmed_at,withdrawn_by,withdrawn_at,withdrawal_reason}'::text[]
        IS DISTINCT FROM
        to_jsonb(OLD) - '{state,number,confirmed_by,confirmed_at,withdrawn_by,withdrawn_at,withdrawal_reason}'::text[]
  THEN
    RAISE EXCEPTION 'a correction is concluded once and never changes: propose another one instead'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""")
    op.execute(
        "CREATE TRIGGER pack_correction_never_changes BEFORE UPDATE OR DELETE ON pack_correction "
        "FOR EACH ROW EXECUTE FUNCTION pack_correction_kept()"
    )


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE pack_correction")
    op.execute("DROP FUNCTION pack_correction_kept()")
