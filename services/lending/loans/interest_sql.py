"""The interest rules of `day_count` and `schedule` as SQL functions, for statements over many loans.

They exist so that a file of 100 000 repayments needs no Python per loan; a property test holds them equal to the
engine for every day count and rounding. All arithmetic is exact: a year has 1 603 080 parts, the least common multiple
of 360, 365 and 366, and the only rounding is the last step.
"""

YEAR_PARTS_FUNCTION = """
CREATE FUNCTION year_parts(day_count text, from_on date, until_on date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE day_count
    WHEN 'ACT/360' THEN (until_on - from_on) * 4453::bigint
    WHEN 'ACT/365' THEN (until_on - from_on) * 4392::bigint
    WHEN '30/360' THEN (thirty_days_number(until_on) - thirty_days_number(from_on)) * 4453::bigint
    WHEN 'ACT/ACT' THEN
      (make_date(date_part('year', from_on)::int + 1, 1, 1) - from_on) * year_day_parts(from_on)
      + (date_part('year', until_on)::int - date_part('year', from_on)::int - 1) * 1603080::bigint
      + (until_on - make_date(date_part('year', until_on)::int, 1, 1)) * year_day_parts(until_on)
  END
"""

THIRTY_DAYS_NUMBER_FUNCTION = """
CREATE FUNCTION thirty_days_number(day date) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  date_part('year', day)::int * 360 + date_part('month', day)::int * 30
  + CASE WHEN date_part('day', day + 1) = 1 THEN 30 ELSE least(date_part('day', day)::int, 30) END
"""

YEAR_DAY_PARTS_FUNCTION = """
CREATE FUNCTION year_day_parts(day date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE WHEN date_part('day', make_date(date_part('year', day)::int, 3, 1) - 1) = 29 THEN 4380::bigint
       ELSE 4392::bigint END
"""

INTEREST_FUNCTION = """
CREATE FUNCTION interest_on(
  balance numeric, annual_rate numeric, day_count text, from_on date, until_on date, rounding text
) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  0.01 * (
    div(2 * balance * annual_rate * year_parts(day_count, from_on, until_on) + 1603080, 3206160)
    - CASE WHEN rounding = 'half_even'
        AND mod(2 * balance * annual_rate * year_parts(day_count, from_on, until_on) + 1603080, 3206160) = 0
        AND mod(div(2 * balance * annual_rate * year_parts(day_count, from_on, until_on) + 1603080, 3206160), 2) = 1
      THEN 1 ELSE 0 END)
"""

FUNCTIONS = (THIRTY_DAYS_NUMBER_FUNCTION, YEAR_DAY_PARTS_FUNCTION, YEAR_PARTS_FUNCTION, INTEREST_FUNCTION)
SIGNATURES = (
    "interest_on(numeric, numeric, text, date, date, text)",
    "year_parts(text, date, date)",
    "year_day_parts(date)",
    "thirty_days_number(date)",
)
