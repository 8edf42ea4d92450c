"""Named reads of published rates and of the proposals that wait."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.rates.in_force_sql import newest
from services.subsidy.rates.refusals import RateProposalUnknown
from services.subsidy.rates.rules.plausibility import TENORS, Publication
from services.subsidy.rates.schemas import ProposalState, RateProposalOut, ReferenceRateOut
from shared.db import Connection
from shared.policy.vocabulary import RateBasis

_RATES: Final = ", ".join(f"trim_scale({tenor}) AS {tenor}" for tenor in TENORS)
_PLACE: Final = "basis || ' ' || effective_from || ' ' || lpad(revision::text, 4, '0')"
_PUBLISHED: Final = f"""
SELECT rate_id AS id, basis, effective_from, {_RATES}, proposed_by, published_by, published_at,
  revision, corrects, (SELECT n.rate_id FROM reference_rate n WHERE n.corrects = r.rate_id) AS corrected_by
FROM reference_rate r WHERE ($1::text IS NULL OR basis = $1) AND ($2::text IS NULL OR {_PLACE} > $2)
ORDER BY {_PLACE} LIMIT $3
"""  # noqa: S608 - only our own text is interpolated
_IN_FORCE: Final = f"""
SELECT rate_id, revision, basis, effective_from, {_RATES} FROM reference_rate r
WHERE basis = ANY ($1::text[]) AND {newest("r")}
"""  # noqa: S608 - only our own text is interpolated
_PROPOSALS: Final = """
SELECT p.id, coalesce(d.state, 'proposed') AS state, p.already_published, p.proposed_by, p.proposed_at, d.decided_by,
  d.decided_at, d.reason, p.reason AS correction_reason, d.consequences,
  (SELECT json_agg(json_build_object('basis', r.basis, 'effective_from', r.effective_from,
     'up_to_1y', trim_scale(r.up_to_1y)::text, 'over_1y_to_5y', trim_scale(r.over_1y_to_5y)::text,
     'over_5y', trim_scale(r.over_5y)::text, 'unusual_confirmed', r.unusual_confirmed, 'corrects', r.corrects)
     ORDER BY r.basis, r.effective_from)
   FROM proposed_reference_rate r WHERE r.proposal_id = p.id) AS rates
FROM reference_rate_proposal p LEFT JOIN reference_rate_decision d ON d.proposal_id = p.id
"""
_ONE: Final = f"{_PROPOSALS} WHERE p.id = $1"
_LIST: Final = f"""
{_PROPOSALS} WHERE ($1::text IS NULL OR coalesce(d.state, 'proposed') = $1) AND ($2::uuid IS NULL OR p.id > $2)
ORDER BY p.id LIMIT $3
"""


async def list_rates(
    conn: Connection, basis: RateBasis | None, after: str | None, limit: int
) -> list[ReferenceRateOut]:
    """Return the publications of each series from the earliest day on, corrected ones before their corrections."""
    return [ReferenceRateOut(**row) for row in await conn.fetch(_PUBLISHED, basis, after, limit)]


@dataclass(frozen=True, slots=True)
class InForce:
    """The publication that holds for a day of a series, and its number among those for the day."""

    rate_id: UUID
    revision: int
    publication: Publication


async def in_force(conn: Connection, bases: Sequence[str]) -> dict[tuple[str, date], InForce]:
    """Return what holds of these series, by series and day; a day on which nothing was published is there, empty."""
    rows = [dict(row) for row in await conn.fetch(_IN_FORCE, list(bases))]
    found = [InForce(row.pop("rate_id"), row.pop("revision"), Publication(**row)) for row in rows]
    return {(each.publication.basis, each.publication.effective_from): each for each in found}


async def get_proposal(conn: Connection, proposal_id: UUID) -> RateProposalOut:
    """Return one proposal.

    Raises:
        RateProposalUnknown: there is none.
    """
    row: Any = await conn.fetchrow(_ONE, proposal_id)
    if row is None:
        raise RateProposalUnknown(proposal_id)
    return RateProposalOut(**row)


async def list_proposals(
    conn: Connection, state: ProposalState | None, after: UUID | None, limit: int
) -> list[RateProposalOut]:
    """Return up to `limit` proposals in the order in which they were made."""
    return [RateProposalOut(**row) for row in await conn.fetch(_LIST, state, after, limit)]
