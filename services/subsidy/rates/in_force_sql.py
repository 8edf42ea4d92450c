"""Which of several publications for one day holds: the last correction."""


def newest(row: str) -> str:
    """Return the SQL condition that a row of `reference_rate` is corrected by no other."""
    return f"NOT EXISTS (SELECT FROM reference_rate n WHERE n.corrects = {row}.rate_id)"
