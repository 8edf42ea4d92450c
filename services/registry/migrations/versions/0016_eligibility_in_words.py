"""Registry: answers about eligibility are stored with every reason in words; a household's figures are in them.

Questions, screenings and simulations are made anew: the rows before this version say reasons by their codes only.
"""

from alembic import op

revision = "0016_eligibility_in_words"
down_revision = "0015_outbox_order"
branch_labels = None
depends_on = None

_BEFORE = (
    "pack_simulation_finding",
    "pack_simulation",
    "eligibility_screening_answer",
    "eligibility_screening",
    "eligibility_question",
)
_APPEND_ONLY = (
    "eligibility_question",
    "eligibility_screening",
    "eligibility_screening_reason",
    "eligibility_screening_answer",
    "pack_simulation",
    "pack_simulation_finding",
)
STATEMENTS: tuple[str, ...] = (
    *(f"DROP TABLE {table}" for table in _BEFORE),
    """
CREATE TABLE eligibility_question (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    village_code TEXT NOT NULL,
    as_of DATE NOT NULL,
    loan_request JSONB NOT NULL,
    facts JSONB NOT NULL,
    pack_id UUID NOT NULL,
    reasons JSONB NOT NULL,
    eligible BOOLEAN NOT NULL CONSTRAINT eligible_without_a_reason CHECK (eligible = (reasons = '[]')),
    digest BYTEA NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_eligibility_question PRIMARY KEY (id),
    CONSTRAINT village_in_county CHECK (village_code ^@ county_code),
    CONSTRAINT uq_eligibility_question_household_id_as_of_digest UNIQUE (household_id, as_of, digest),
    CONSTRAINT fk_eligibility_question_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_eligibility_question_pack_id_policy_pack FOREIGN KEY(pack_id) REFERENCES policy_pack (id)
)
""",
    "CREATE INDEX eligibility_question_county ON eligibility_question (county_code, as_of, id)",
    """
CREATE TABLE eligibility_screening (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    region_code TEXT NOT NULL,
    as_of DATE NOT NULL,
    loan_request JSONB NOT NULL,
    pack_ids UUID[] NOT NULL CONSTRAINT packs_given CHECK (cardinality(pack_ids) > 0),
    household_count INTEGER NOT NULL,
    without_pack_count INTEGER NOT NULL CONSTRAINT without_pack_count CHECK (without_pack_count >= 0),
    eligible_count INTEGER NOT NULL CONSTRAINT eligible_count CHECK (eligible_count BETWEEN 0 AND household_count),
    by_reason JSONB NOT NULL,
    by_township JSONB NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_eligibility_screening PRIMARY KEY (id),
    CONSTRAINT region_in_county CHECK (region_code ^@ county_code)
)
""",
    "CREATE INDEX eligibility_screening_county ON eligibility_screening (county_code, id)",
    """
CREATE TABLE eligibility_screening_reason (
    screening_id UUID NOT NULL,
    number INTEGER NOT NULL CONSTRAINT number CHECK (number >= 1),
    code TEXT NOT NULL,
    zh TEXT NOT NULL,
    en TEXT NOT NULL,
    clause TEXT NOT NULL,
    CONSTRAINT pk_eligibility_screening_reason PRIMARY KEY (screening_id, number),
    CONSTRAINT fk_eligibility_screening_reason_screening_id FOREIGN KEY(screening_id)
        REFERENCES eligibility_screening (id) DEFERRABLE INITIALLY DEFERRED
)
""",
    """
CREATE TABLE eligibility_screening_answer (
    screening_id UUID NOT NULL,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    pack_id UUID NOT NULL,
    reason_codes TEXT[] NOT NULL,
    reason_numbers INTEGER[] NOT NULL,
    CONSTRAINT pk_eligibility_screening_answer PRIMARY KEY (screening_id, household_id),
    CONSTRAINT each_reason_in_words CHECK (cardinality(reason_codes) = cardinality(reason_numbers)),
    CONSTRAINT fk_eligibility_screening_answer_screening_id FOREIGN KEY(screening_id)
        REFERENCES eligibility_screening (id) DEFERRABLE INITIALLY DEFERRED
)
""",
    """
CREATE TABLE pack_simulation (
    id UUID NOT NULL,
    pack_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    region_code TEXT NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    result JSONB NOT NULL,
    run_by TEXT NOT NULL,
    run_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_pack_simulation PRIMARY KEY (id),
    CONSTRAINT period_runs_forward CHECK (period_until > period_from),
    CONSTRAINT region_in_county CHECK (region_code ^@ county_code),
    CONSTRAINT fk_pack_simulation_pack_id_policy_pack FOREIGN KEY(pack_id) REFERENCES policy_pack (id)
)
""",
    "CREATE INDEX pack_simulation_pack ON pack_simulation (pack_id, id)",
    """
CREATE TABLE pack_simulation_finding (
    simulation_id UUID NOT NULL,
    question_id UUID NOT NULL,
    change TEXT NOT NULL
        CONSTRAINT change CHECK (change IN ('newly_eligible', 'newly_refused', 'other_reasons', 'other_limit')),
    credit_limit_before NUMERIC(18, 2),
    credit_limit_after NUMERIC(18, 2),
    reasons_after JSONB NOT NULL,
    CONSTRAINT pk_pack_simulation_finding PRIMARY KEY (simulation_id, question_id),
    CONSTRAINT fk_pack_simulation_finding_simulation_id_pack_simulation FOREIGN KEY(simulation_id)
        REFERENCES pack_simulation (id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_pack_simulation_finding_question_id_eligibility_question FOREIGN KEY(question_id)
        REFERENCES eligibility_question (id)
)
""",
    *(
        f"""
CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
        for table in _APPEND_ONLY
    ),
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Refuse: what was said in words cannot be put back into codes.

    Raises:
        NotImplementedError: always.
    """
    raise NotImplementedError("answers in words are not turned back into codes; restore a backup instead")
