"""What registry says of borrowers, entities and duties, as far as it makes a loan risky."""

from sqlalchemy import Column, Date, Index, Integer, Table, Text, Uuid, text

from services.lending.metadata import metadata

# An entry of a household or an implementing entity on a list; what comes first of it and of its end, comes first.
risk_listing = Table(
    "risk_listing",
    metadata,
    Column("listing_id", Uuid, primary_key=True),
    Column("subject_id", Uuid, nullable=False),  # the household or the entity
    Column("list_name", Text, nullable=False),
    Column("listed_on", Date),  # null: only its end has arrived so far
    Column("ends_on", Date),
    Column("cleared_on", Date),  # the day it was listed, where it never held
    Index("ix_risk_listing_subject_id", "subject_id"),
)

# A duty about a loan that was not done by its day (a visit, a survey, an order to put right), until it is done.
risk_duty = Table(
    "risk_duty",
    metadata,
    Column("duty_id", Uuid, primary_key=True),
    Column("loan_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("due_on", Date),
    Column("done_on", Date),
    Column("done_version", Integer, nullable=False, server_default=text("0")),  # of the event that said so
    Index("ix_risk_duty_loan_id", "loan_id"),
)
