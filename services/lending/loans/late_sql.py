"""The penalty of an instalment's late days (`rules.unpaid_interest`) as SQL; a test holds the two equal.

The row `i` is the instalment, `l` its loan; `late_from_on` comes from `s`.
"""

_INTEREST = "(i.interest_due - i.interest_paid)"
_PRINCIPAL = "(i.principal_due - i.principal_paid)"
_TERM_ENDS_ON = "(SELECT max(e.due_on) FROM installment e WHERE e.loan_id = l.id AND e.cancelled_on IS NULL)"


def late_until(day: str) -> str:
    """Return a lateral `late` for days of lateness until `day`: its `penalty`, and the `compound` in it, in yuan."""

    def bears(base: str, times: str, since: str, until: str) -> str:
        return f"interest_on({base}, l.annual_rate * {times}, l.day_count, {since}, {until}, l.rounding)"

    multiplier = "l.penalty_multiplier"
    compound = bears(_INTEREST, "1", "s.late_from_on", "turn.turns_on")
    before = bears(_PRINCIPAL, multiplier, "s.late_from_on", "turn.turns_on")
    after = bears(f"({_PRINCIPAL} + turn.interest)", multiplier, "turn.turns_on", day)
    return f"""
  CROSS JOIN LATERAL (
    SELECT CASE WHEN l.unpaid_interest_bears = 'nothing' THEN 0.00 ELSE {_INTEREST} END AS interest,
      CASE WHEN l.unpaid_interest_bears = 'contract_rate_then_penalty_rate'
        THEN least(greatest(s.late_from_on, {_TERM_ENDS_ON}), {day}) ELSE s.late_from_on END AS turns_on) turn
  CROSS JOIN LATERAL (
    SELECT CASE WHEN span.is_late THEN {before} + {after} + {compound} ELSE 0.00 END AS penalty,
      CASE WHEN span.is_late THEN {compound} ELSE 0.00 END AS compound
    FROM (SELECT i.due_on <= {day} AND s.late_from_on < {day} AS is_late) span) late"""  # noqa: S608 - our own text
