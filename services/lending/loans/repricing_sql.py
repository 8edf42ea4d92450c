"""The SQL of taking rates anew: which floating contracts are due for it, and when each is next."""

from typing import Final

# $1 county, $2 day. One that is repaid took every rate that came before the day it was closed.
_DUE: Final = """
county_code = $1::text AND next_repricing_on <= $2::date AND claim_id IS NULL AND cancelled_on IS NULL
AND (closed_on IS NULL OR closed_on > next_repricing_on)
"""
NEXT: Final = f"SELECT id FROM loan WHERE {_DUE} ORDER BY id LIMIT $3"  # noqa: S608 - our own text
# Once they are locked: others may have closed or compensated one meanwhile.
CONTRACTS: Final = f"""
SELECT id, pack_id, product_code, term_months, signed_on, next_repricing_on,
  least($2::date, closed_on - 1) AS until
FROM loan WHERE {_DUE} AND id = ANY ($3::uuid[])
"""  # noqa: S608 - our own text
TAKEN: Final = """
UPDATE loan l SET repriced_on = n.repriced_on, next_repricing_on = n.next_on
FROM unnest($1::uuid[], $2::date[], $3::date[]) AS n (id, repriced_on, next_on) WHERE l.id = n.id
"""
