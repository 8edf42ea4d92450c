"""Subsidy: households on a list; days on the blacklist are not subsidised and nothing is paid out meanwhile."""

from alembic import op

revision = "0005_listings"
down_revision = "0004_rate_proposals"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE household_listing (
    listing_id UUID NOT NULL,
    household_id UUID NOT NULL,
    list_name TEXT NOT NULL,
    listed_on DATE,
    cleared_on DATE,
    overturned BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_household_listing PRIMARY KEY (listing_id),
    CONSTRAINT list_name CHECK (list_name IN ('dishonesty', 'blacklist')),
    CONSTRAINT listed_or_cleared CHECK (num_nonnulls(listed_on, cleared_on) > 0)
)
""",
    "CREATE INDEX ix_household_listing_household_id ON household_listing (household_id)",
    """
ALTER TABLE subsidy_line ADD COLUMN listed NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    DROP CONSTRAINT withheld,
    DROP CONSTRAINT every_fen_of_interest_explained,
    ADD CONSTRAINT withheld
        CHECK (least(not_covered, stopped, beyond_years, listed, above_principal, above_cap, beyond_share) >= 0),
    ADD CONSTRAINT every_fen_of_interest_explained
        CHECK (kind <> 'interest' OR interest = amount + not_covered + stopped + beyond_years + listed
            + above_principal + above_cap + beyond_share)
""",
    """
ALTER TABLE subsidy_batch ADD COLUMN held_back INTEGER DEFAULT '0' NOT NULL,
    ADD CONSTRAINT held_back CHECK (held_back >= 0)
""",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget who was listed; refused while a line was cut for it, since its interest would no longer be explained."""
    op.execute("ALTER TABLE subsidy_batch DROP COLUMN held_back")
    op.execute("""
ALTER TABLE subsidy_line DROP CONSTRAINT withheld, DROP CONSTRAINT every_fen_of_interest_explained,
    DROP COLUMN listed,
    ADD CONSTRAINT withheld
        CHECK (least(not_covered, stopped, beyond_years, above_principal, above_cap, beyond_share) >= 0),
    ADD CONSTRAINT every_fen_of_interest_explained
        CHECK (kind <> 'interest'
            OR interest = amount + not_covered + stopped + beyond_years + above_principal + above_cap + beyond_share)
""")
    op.execute("DROP TABLE household_listing")
