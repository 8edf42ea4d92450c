"""Registry: members, helpers, exclusions, family debts, reviewed changes and suspected duplicates."""

from alembic import op

revision = "0004_members"
down_revision = "0003_packs"
branch_labels = None
depends_on = None

_HOUSEHOLD = (
    "ALTER INDEX household_village RENAME TO household_by_village",
    """
ALTER TABLE household
    ADD COLUMN residence_code TEXT CONSTRAINT residence_code CHECK (residence_code ~ '^[0-9]{6,12}$'),
    ADD COLUMN ended_on DATE,
    ADD COLUMN end_reason TEXT
        CONSTRAINT end_reason CHECK (end_reason IN ('merged', 'moved_out', 'died_out', 'error')),
    ADD COLUMN split_from_id UUID,
    ADD COLUMN merged_into_id UUID,
    ALTER COLUMN import_id DROP NOT NULL,
    ALTER COLUMN content_digest DROP NOT NULL,
    ADD CONSTRAINT ended_with_a_reason CHECK ((ended_on IS NULL) = (end_reason IS NULL)),
    ADD CONSTRAINT merged_into_another CHECK ((merged_into_id IS NOT NULL) = (end_reason IS NOT DISTINCT FROM 'merged')
        AND merged_into_id <> id),
    ADD CONSTRAINT origin_known CHECK ((import_id IS NULL) = (content_digest IS NULL)
        AND (import_id IS NULL) = (split_from_id IS NOT NULL)),
    ADD CONSTRAINT fk_household_split_from_id_household FOREIGN KEY(split_from_id) REFERENCES household (id),
    ADD CONSTRAINT fk_household_merged_into_id_household FOREIGN KEY(merged_into_id) REFERENCES household (id)
""",
)
_MEMBER = (
    """
ALTER TABLE member
    ADD COLUMN relation TEXT CONSTRAINT relation CHECK (relation IN ('head', 'spouse', 'child', 'parent',
        'child_in_law', 'parent_in_law', 'grandchild', 'grandparent', 'sibling', 'other')),
    ADD COLUMN sex TEXT CONSTRAINT sex CHECK (sex IN ('male', 'female')),
    ADD COLUMN civil_capacity TEXT CONSTRAINT civil_capacity CHECK (civil_capacity IN ('full', 'limited', 'none')),
    ADD COLUMN labour TEXT CONSTRAINT labour CHECK (labour IN ('able', 'partly', 'unable')),
    ADD COLUMN education TEXT CONSTRAINT education CHECK (education IN ('none', 'primary', 'junior_middle',
        'senior_middle', 'vocational', 'college')),
    ADD COLUMN at_school BOOLEAN,
    ADD COLUMN migrant_worker BOOLEAN,
    ADD COLUMN health TEXT CONSTRAINT health CHECK (health IN ('healthy', 'chronic_illness', 'serious_illness',
        'disabled')),
    ADD COLUMN left_reason TEXT CONSTRAINT left_reason CHECK (left_reason IN ('death', 'moved_out', 'married_out',
        'split', 'merged', 'error'))
""",
    """
UPDATE member m SET relation = CASE WHEN m.is_head THEN 'head' ELSE 'other' END,
    civil_capacity = CASE WHEN m.is_head THEN h.civil_capacity END,
    labour = CASE WHEN m.is_head THEN CASE WHEN h.able_to_work THEN 'able' ELSE 'unable' END END,
    left_reason = CASE WHEN m.left_on IS NOT NULL THEN 'moved_out' END
FROM household h WHERE h.id = m.household_id
""",
    """
ALTER TABLE member
    ALTER COLUMN relation SET NOT NULL,
    ADD CONSTRAINT head_by_relation CHECK (is_head = (relation = 'head')),
    ADD CONSTRAINT leaves_with_a_reason CHECK ((left_on IS NULL) = (left_reason IS NULL))
""",
    "CREATE INDEX member_household ON member (household_id)",
)
_ENDED = """
    valid_until DATE,
    end_reason TEXT,
    ended_by TEXT,
    ended_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT ends_after_it_began CHECK (valid_until >= valid_from),
    CONSTRAINT ends_with_a_reason CHECK (num_nulls(valid_until, end_reason, ended_by, ended_at) IN (0, 4)),
"""
_PERIODS = (
    f"""
CREATE TABLE household_exclusion (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind ~ '^[a-z0-9][a-z0-9_-]{{0,63}}$'),
    valid_from DATE NOT NULL,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,{_ENDED}
    CONSTRAINT pk_household_exclusion PRIMARY KEY (id),
    CONSTRAINT fk_household_exclusion_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE UNIQUE INDEX household_exclusion_one_open ON household_exclusion (household_id, kind) WHERE valid_until IS NULL
""",
    "CREATE INDEX household_exclusion_history ON household_exclusion (household_id, valid_from)",
    """
INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, recorded_by)
SELECT uuid7(), h.id, 'four_kinds', h.registered_on, 'household import', i.imported_by
FROM household h JOIN household_import i ON i.id = h.import_id WHERE h.four_kinds
""",
    "ALTER TABLE household DROP COLUMN four_kinds",
    """
CREATE TABLE household_village (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    valid_from DATE NOT NULL,
    cause TEXT NOT NULL CONSTRAINT cause CHECK (cause IN ('registered', 'moved', 'split', 'region_change')),
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_household_village PRIMARY KEY (id),
    CONSTRAINT fk_household_village_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_household_village_village_code_region FOREIGN KEY(village_code) REFERENCES region (code)
)
""",
    """
CREATE INDEX household_village_history ON household_village (household_id, valid_from DESC, id DESC)
""",
    """
INSERT INTO household_village (household_id, village_code, valid_from, cause, recorded_by)
SELECT h.id, h.village_code, h.registered_on, 'registered', i.imported_by
FROM household h JOIN household_import i ON i.id = h.import_id
""",
    f"""
CREATE TABLE helper_assignment (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    helper TEXT NOT NULL CONSTRAINT helper_given CHECK (helper <> ''),
    helper_name TEXT NOT NULL CONSTRAINT helper_name_given CHECK (helper_name <> ''),
    organisation TEXT,
    valid_from DATE NOT NULL,
    assigned_by TEXT NOT NULL,
    assigned_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,{_ENDED}
    CONSTRAINT pk_helper_assignment PRIMARY KEY (id),
    CONSTRAINT fk_helper_assignment_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE UNIQUE INDEX helper_assignment_one_active ON helper_assignment (household_id) WHERE valid_until IS NULL
""",
    "CREATE INDEX helper_assignment_history ON helper_assignment (household_id, valid_from)",
    "CREATE INDEX helper_assignment_helper ON helper_assignment (helper, id)",
    f"""
CREATE TABLE family_debt (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    member_id UUID,
    bank_code TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('production_loan', 'credit_limit')),
    valid_from DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,{_ENDED}
    CONSTRAINT pk_family_debt PRIMARY KEY (id),
    CONSTRAINT fk_family_debt_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_family_debt_member_id_member FOREIGN KEY(member_id) REFERENCES member (id)
)
""",
    """
CREATE UNIQUE INDEX family_debt_one_open ON family_debt (household_id, bank_code, kind, member_id)
    NULLS NOT DISTINCT WHERE valid_until IS NULL
""",
)
_CHANGES = (
    """
CREATE TABLE change_request (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('member_added', 'member_corrected', 'member_left',
        'head_changed', 'contact_changed', 'residence_changed', 'household_split', 'households_merged',
        'household_moved', 'household_ended')),
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('proposed', 'approved', 'rejected', 'withdrawn')),
    effective_on DATE NOT NULL,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    evidence TEXT,
    member_id UUID,
    other_household_id UUID,
    old_values_sealed BYTEA NOT NULL,
    new_values_sealed BYTEA NOT NULL,
    content_digest BYTEA NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decision_reason TEXT,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_change_request PRIMARY KEY (id),
    CONSTRAINT decision_is_whole CHECK (num_nulls(decision_reason, decided_by, decided_at)
        = CASE WHEN state = 'proposed' THEN 3 ELSE 0 END),
    CONSTRAINT maker_is_not_checker CHECK (state IN ('proposed', 'withdrawn') OR decided_by <> proposed_by),
    CONSTRAINT withdrawn_by_its_maker CHECK (state <> 'withdrawn' OR decided_by = proposed_by),
    CONSTRAINT fk_change_request_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_change_request_member_id_member FOREIGN KEY(member_id) REFERENCES member (id),
    CONSTRAINT fk_change_request_other_household_id_household FOREIGN KEY(other_household_id)
        REFERENCES household (id)
)
""",
    "CREATE INDEX change_request_village ON change_request (village_code, id)",
    "CREATE INDEX change_request_household ON change_request (household_id, id)",
    """
CREATE UNIQUE INDEX change_request_one_open ON change_request (household_id, content_digest) WHERE state = 'proposed'
""",
)
_DUPLICATES = (
    """
CREATE TABLE member_trace (
    member_id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('name', 'name_part')),
    trace BYTEA NOT NULL,
    CONSTRAINT pk_member_trace PRIMARY KEY (member_id, kind, trace),
    CONSTRAINT fk_member_trace_member_id_member FOREIGN KEY(member_id) REFERENCES member (id)
)
""",
    "CREATE INDEX member_trace_trace ON member_trace (trace)",
    """
CREATE TABLE duplicate_search (
    id UUID NOT NULL,
    region_code TEXT NOT NULL,
    member_count INTEGER NOT NULL,
    found_count INTEGER NOT NULL,
    searched_by TEXT NOT NULL,
    searched_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_duplicate_search PRIMARY KEY (id),
    CONSTRAINT counts CHECK (member_count >= 0 AND found_count >= 0)
)
""",
    """
CREATE TABLE duplicate_suspicion (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    person_index BYTEA NOT NULL,
    other_person_index BYTEA NOT NULL,
    member_id UUID NOT NULL,
    other_member_id UUID NOT NULL,
    cause TEXT NOT NULL CONSTRAINT cause CHECK (cause IN ('same_name_and_birth', 'same_name_village_and_year',
        'similar_name_village_and_birth')),
    search_id UUID NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('open', 'same_person', 'different_persons')),
    reason TEXT,
    change_id UUID,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_duplicate_suspicion PRIMARY KEY (id),
    CONSTRAINT pair_in_order CHECK (person_index < other_person_index),
    CONSTRAINT uq_duplicate_suspicion_person_index UNIQUE (person_index, other_person_index),
    CONSTRAINT decision_is_whole CHECK (num_nulls(reason, decided_by, decided_at)
        = CASE WHEN state = 'open' THEN 3 ELSE 0 END),
    CONSTRAINT same_person_leads_to_a_change CHECK ((state = 'same_person') = (change_id IS NOT NULL)),
    CONSTRAINT fk_duplicate_suspicion_member_id_member FOREIGN KEY(member_id) REFERENCES member (id),
    CONSTRAINT fk_duplicate_suspicion_other_member_id_member FOREIGN KEY(other_member_id) REFERENCES member (id),
    CONSTRAINT fk_duplicate_suspicion_search_id_duplicate_search FOREIGN KEY(search_id)
        REFERENCES duplicate_search (id),
    CONSTRAINT fk_duplicate_suspicion_change_id_change_request FOREIGN KEY(change_id) REFERENCES change_request (id)
)
""",
    "CREATE INDEX duplicate_suspicion_county ON duplicate_suspicion (county_code, state, id)",
)
# What was recorded stays as it was: a period is only ended, a request only decided, each once.
_KEPT = (
    """
CREATE FUNCTION refuse_all_but_ending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.valid_until IS NULL
     AND to_jsonb(OLD) - ARRAY['valid_until', 'end_reason', 'ended_by', 'ended_at']
       = to_jsonb(NEW) - ARRAY['valid_until', 'end_reason', 'ended_by', 'ended_at'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is ended once and never rewritten', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
""",
    """
CREATE FUNCTION refuse_all_but_deciding() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.decided_by IS NULL
     AND to_jsonb(OLD) - TG_ARGV::text[] = to_jsonb(NEW) - TG_ARGV::text[] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is decided once and never rewritten', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
""",
    *(
        f"CREATE TRIGGER {table}_is_only_ended BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_all_but_ending()"
        for table in ("household_exclusion", "helper_assignment", "family_debt")
    ),
    """
CREATE TRIGGER change_request_is_only_decided BEFORE UPDATE OR DELETE ON change_request FOR EACH ROW
EXECUTE FUNCTION refuse_all_but_deciding('state', 'decision_reason', 'decided_by', 'decided_at', 'other_household_id')
""",
    """
CREATE TRIGGER duplicate_suspicion_is_only_decided BEFORE UPDATE OR DELETE ON duplicate_suspicion FOR EACH ROW
EXECUTE FUNCTION refuse_all_but_deciding('state', 'reason', 'change_id', 'decided_by', 'decided_at')
""",
    *(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in ("household_village", "duplicate_search")
    ),
)
STATEMENTS: tuple[str, ...] = (*_HOUSEHOLD, *_MEMBER, *_PERIODS, *_CHANGES, *_DUPLICATES, *_KEPT)
UNDO: tuple[str, ...] = (
    "DROP TABLE duplicate_suspicion",
    "DROP TABLE duplicate_search",
    "DROP TABLE member_trace",
    "DROP TABLE change_request",
    "DROP TABLE family_debt",
    "DROP TABLE helper_assignment",
    "DROP TABLE household_village",
    "ALTER TABLE household ADD COLUMN four_kinds BOOLEAN",
    """
UPDATE household h SET four_kinds = EXISTS (SELECT FROM household_exclusion x WHERE x.household_id = h.id
    AND x.kind = 'four_kinds' AND x.valid_until IS NULL)
""",
    "ALTER TABLE household ALTER COLUMN four_kinds SET NOT NULL",
    "DROP TABLE household_exclusion",
    "DROP FUNCTION refuse_all_but_ending()",
    "DROP FUNCTION refuse_all_but_deciding()",
    "DROP INDEX member_household",
    """
ALTER TABLE member DROP CONSTRAINT head_by_relation, DROP CONSTRAINT leaves_with_a_reason, DROP COLUMN relation,
    DROP COLUMN sex, DROP COLUMN civil_capacity, DROP COLUMN labour, DROP COLUMN education, DROP COLUMN at_school,
    DROP COLUMN migrant_worker, DROP COLUMN health, DROP COLUMN left_reason
""",
    # Households that came by a split have no import: with any on file the way back is closed, and says so here.
    """
ALTER TABLE household DROP CONSTRAINT origin_known, DROP CONSTRAINT merged_into_another,
    DROP CONSTRAINT ended_with_a_reason, DROP COLUMN merged_into_id, DROP COLUMN split_from_id, DROP COLUMN end_reason,
    DROP COLUMN ended_on, DROP COLUMN residence_code, ALTER COLUMN import_id SET NOT NULL,
    ALTER COLUMN content_digest SET NOT NULL
""",
    "ALTER INDEX household_by_village RENAME TO household_village",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
