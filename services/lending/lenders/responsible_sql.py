"""Which bank answers for a village on a day, in SQL (LG-47).

Of the decisions that hold for a region the one with the latest first day counts, of those of one day the last one made.
A village without a bank of its own has that of its township.
"""


def responsible_bank(village: str, day: str) -> str:
    """Return the expression of a village's responsible bank on a day, null where none is named; both are SQL."""
    return f"""(
  SELECT latest.bank_code FROM (
    SELECT DISTINCT ON (g.region_code) g.region_code, r.bank_code
    FROM responsibility_region g JOIN responsibility r ON r.id = g.responsibility_id
    WHERE g.region_code IN ({village}, left({village}, 9)) AND r.state = 'confirmed' AND r.from_on <= {day}
    ORDER BY g.region_code, r.from_on DESC, r.decided_at DESC) latest
  WHERE latest.bank_code IS NOT NULL ORDER BY length(latest.region_code) DESC LIMIT 1)"""  # noqa: S608 - our own texts


# $1 the county or null, $2 the day: each region that a bank answers for on that day, with the bank.
REGIONS_BY_BANK = """
SELECT latest.county_code, latest.bank_code, latest.region_code FROM (
  SELECT DISTINCT ON (g.region_code) g.region_code, r.county_code, r.bank_code
  FROM responsibility_region g JOIN responsibility r ON r.id = g.responsibility_id
  WHERE ($1::text IS NULL OR r.county_code = $1) AND r.state = 'confirmed' AND r.from_on <= $2
  ORDER BY g.region_code, r.from_on DESC, r.decided_at DESC) latest
WHERE latest.bank_code IS NOT NULL
"""
# $1 villages, $2 the day: each village with the bank that answers for it, or null.
BANKS_OF_VILLAGES = f"""
SELECT DISTINCT village, {responsible_bank("village", "$2::date")} AS bank_code FROM unnest($1::text[]) AS village
"""  # noqa: S608 - our own texts
