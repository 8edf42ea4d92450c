"""The interest rules of `day_count` and `schedule` as SQL functions, for statements over many loans.

They exist so that a file of 100 000 repayments needs no Python per loan; a property test holds them equal to the
engine for every day count and rounding. All arithmetic is exact: a year has 1 603 080 parts, the least common multiple
of 360, 365 and 366, and the only rounding is the last step.
"""

YEAR_PARTS_FUNCTION = """
CREATE FUNCTION year_parts(day_count text, period_from date, period_until date) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  CASE day_count
    WHEN 'ACT/360' THEN (period_until - period_from) * 4453::bigint
    WHEN 'ACT/365' THEN (period_until - period_from) * 4392::bigint
    WHEN '30/360' THEN (thirty_days_number(period_until) - thirty_days_number(period_from)) * 4453::bigint
    WHEN 'ACT/ACT' THEN
      (make_date(date_part('year', period_from)::int + 1, 1, 1) - period_from) * year_day_parts(period_from)
      + (date_part('year', period_until)::int - date_part('year', period_from)::int - 1) * 1603080::bigint
      + (period_until - make_date(date_part('year', period_until)::int, 1, 1)) * year_day_parts(period_until)
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
  balance numeric, annual_rate numeric, day_count text, period_from date, period_until date, rounding text
) RETURNS numeric
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
  0.01 * (
    div(2 * balance * annual_rate * year_parts(day_count, period_from, period_until) + 1603080, 3206160)
    - CASE WHEN rounding = 'half_even'
        AND mod(2 * balance * annual_rate * year_parts(day_count, period_from, period_until) + 1603080, 3206160) = 0
        AND mod(div(2 * balance * annual_rate * year_parts(day_count, period_from, period_until) + 1603080, 3206160),
          2) = 1
      THEN 1 ELSE 0 END)
"""

FUNCTIONS = (THIRTY_DAYS_NUMBER_FUNCTION, YEAR_DAY_PARTS_FUNCTION, YEAR_PARTS_FUNCTION, INTEREST_FUNCTION)
SIGNATURES = (
    "interest_on(numeric, numeric, text, date, date, text)",
    "year_parts(text, date, date)",
    "year_day_parts(date)",
    "thirty_days_number(date)",
)
