"""Which household stands for one that was merged into another: its money is that one's, and so is what it owes."""

from typing import Final

# Yields `succeeded(household_id, stands_for_it)` for households that were merged, along merge after merge. A household
# that has ended absorbs no other, so the way has an end.
SUCCEEDED: Final = """
succeeded AS MATERIALIZED (
  WITH RECURSIVE way AS (
    SELECT household_id, into_household_id, 1 AS steps FROM household_end WHERE into_household_id IS NOT NULL
    UNION ALL
    SELECT w.household_id, e.into_household_id, w.steps + 1
    FROM way w JOIN household_end e ON e.household_id = w.into_household_id WHERE e.into_household_id IS NOT NULL
  )
  SELECT DISTINCT ON (household_id) household_id, into_household_id AS stands_for_it
  FROM way ORDER BY household_id, steps DESC
)"""
