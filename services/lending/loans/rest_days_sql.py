"""On which day an instalment is met and after which it is late, for statements over many loans.

A due day that is a day of rest is met on the next working day, and a grace that ends on one ends then (Civil Code,
Article 203); `shared.workdays` is the calendar, the table `rest_day` holds it beside the loans.
"""


def timeliness(grace_days: str) -> str:
    """Return the joins that give instalment `i` its `met_on` and, after days of grace, its `late_after_on`."""
    return f"""
LEFT JOIN rest_day due_rest ON due_rest.day = i.due_on
LEFT JOIN rest_day grace_rest ON grace_rest.day = i.due_on + {grace_days}
CROSS JOIN LATERAL (
  SELECT coalesce(due_rest.next_workday, i.due_on) AS met_on,
    coalesce(grace_rest.next_workday, i.due_on + {grace_days}) AS late_after_on
) timely
"""


# A rest that turns out longer is known from now on; what was known of it before is kept (`accounts.loading`).
REFRESH = """
WITH given AS (
  SELECT * FROM unnest($1::date[], $2::date[]) AS g (day, next_workday)
), former AS (
  INSERT INTO former_rest_day (day, next_workday, known_at)
  SELECT r.day, r.next_workday, r.known_at FROM rest_day r JOIN given g ON g.day = r.day
  WHERE r.next_workday <> g.next_workday
  ON CONFLICT (day, known_at) DO NOTHING
)
INSERT INTO rest_day (day, next_workday) SELECT day, next_workday FROM given
ON CONFLICT (day) DO UPDATE SET next_workday = excluded.next_workday, known_at = excluded.known_at
WHERE rest_day.next_workday <> excluded.next_workday
RETURNING day
"""
