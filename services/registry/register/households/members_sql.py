"""How many members a household had on a day, counted back from the present by who joined and who left."""

from typing import Final

# Those who are stated and not on file are there on every day; who was on file by mistake never was.
_MEMBERS_ON: Final = """
(SELECT greatest(h.member_count - count(*) FILTER (WHERE m.left_on IS NULL)
    + count(*) FILTER (WHERE m.joined_on <= {day} AND coalesce(m.left_on > {day}, true)), 1)::integer
  FROM member m WHERE m.household_id = h.id AND m.left_reason IS DISTINCT FROM 'error')
"""


def members_on(day: str) -> str:
    """Return the expression for the members of the household `h` at the end of a day, at least one (JN-3).

    `day` is an SQL expression of a date.
    """
    return _MEMBERS_ON.format(day=day)
