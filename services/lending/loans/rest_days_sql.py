"""On which day an instalment is met and after which it is late, for statements over many loans.

A due day that is a day of rest is met on the next working day, and a grace that ends on one ends then (Civil Code,
Article 203); `shared.workdays` is the calendar, the table `rest_day` holds it beside the loans: China's days, and where
a county has others, its own.
"""


def timeliness(grace_days: str, county: str) -> str:
    """Return the joins that give instalment `i` its `met_on` and, after days of grace, its `late_after_on`."""
    return f"""
LEFT JOIN rest_day due_rest ON due_rest.region_code = '' AND due_rest.day = i.due_on
LEFT JOIN rest_day grace_rest ON grace_rest.region_code = '' AND grace_rest.day = i.due_on + {grace_days}
LEFT JOIN rest_day own_due ON own_due.region_code = {county} AND own_due.day = i.due_on
LEFT JOIN rest_day own_grace ON own_grace.region_code = {county} AND own_grace.day = i.due_on + {grace_days}
CROSS JOIN LATERAL (
  SELECT coalesce(own_due.next_workday, due_rest.next_workday, i.due_on) AS met_on,
    coalesce(own_grace.next_workday, grace_rest.next_workday, i.due_on + {grace_days}) AS late_after_on
) timely
"""


# A rest that turns out longer is known from now on; what was known of it before is kept (`accounts.loading`).
REFRESH = """
WITH given AS (
  SELECT * FROM unnest($1::date[], $2::date[]) AS g (day, next_workday)
), former AS (
  INSERT INTO former_rest_day (day, next_workday, known_at)
  SELECT r.day, r.next_workday, r.known_at FROM rest_day r JOIN given g ON g.day = r.day
  WHERE r.region_code = '' AND r.next_workday <> g.next_workday
  ON CONFLICT (region_code, day, known_at) DO NOTHING
)
INSERT INTO rest_day (day, next_workday) SELECT day, next_workday FROM given
ON CONFLICT (region_code, day) DO UPDATE SET next_workday = excluded.next_workday, known_at = excluded.known_at
WHERE rest_day.next_workday <> excluded.next_workday
RETURNING day
"""
# A county's own days $1: what they are, $2 and $3, from a moment $4 on. What is no more is kept as it was known.
OWN_DIFFERING = """
SELECT coalesce(r.day, g.day) AS day
FROM (SELECT day, next_workday FROM rest_day WHERE region_code = $1) r
FULL JOIN unnest($2::date[], $3::date[]) AS g (day, next_workday) ON g.day = r.day
WHERE r.next_workday IS DISTINCT FROM g.next_workday
"""
OWN_GONE = """
WITH gone AS (
  DELETE FROM rest_day r WHERE region_code = $1 AND NOT EXISTS (
    SELECT FROM unnest($2::date[], $3::date[]) AS g (day, next_workday)
    WHERE (g.day, g.next_workday) = (r.day, r.next_workday))
  RETURNING *
)
INSERT INTO former_rest_day (region_code, day, next_workday, known_at, replaced_at)
SELECT region_code, day, next_workday, known_at, $4 FROM gone
"""
OWN = """
INSERT INTO rest_day (region_code, day, next_workday, known_at)
SELECT $1, day, next_workday, $4 FROM unnest($2::date[], $3::date[]) AS g (day, next_workday)
ON CONFLICT (region_code, day) DO NOTHING
"""
