"""Who services a loan whose borrower died, as SQL; the one text for dues, statements and the heirs themselves."""


def stands(record: str, moment: str = "NULL") -> str:
    """Return the condition that a record of an heir holds as known at a moment (null: now).

    It was confirmed, and no later record that was confirmed took its place.
    """
    known_at = f"coalesce({moment}::timestamptz, 'infinity')"
    return f"""
{record}.state = 'confirmed' AND {record}.decided_at <= {known_at} AND NOT EXISTS (
  SELECT FROM heir_record later
  WHERE later.replaces = {record}.id AND later.state = 'confirmed' AND later.decided_at <= {known_at})
"""


def heirs_of(loan_id: str, moment: str = "NULL") -> str:
    """Return the names of those who answer for a loan with what they inherited, or null where nobody does."""
    return f"""
(SELECT string_agg(h.heir_name, '、' ORDER BY h.id) FROM heir_record h
 WHERE h.loan_id = {loan_id} AND h.inheritance = 'heir' AND {stands("h", moment)})
"""  # noqa: S608 - our own text
