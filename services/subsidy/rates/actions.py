"""Propose reference rates, and publish them by the word of a second officer."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final
from uuid import UUID

from services.subsidy.rates import queries
from services.subsidy.rates.refusals import (
    NothingToPublish,
    RateProposalDecided,
    RatesAreNational,
    ReferenceRateContradicts,
    ReferenceRateEmpty,
    ReferenceRateProposed,
    ReferenceRateUnusual,
)
from services.subsidy.rates.rules.plausibility import TENORS, Publication, UnusualStep, unusual_steps
from services.subsidy.rates.schemas import RateDecisionIn, RateProposalIn, RateProposalOut, ReferenceRateIn
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.subsidy import ReferenceRatePublished
from shared.ids import new_id

WHOLE_COUNTRY: Final = "00"  # the rates hold everywhere, and an event must name a region
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('reference-rates', 0))"
_WAITING = """
SELECT r.basis, r.effective_from, r.proposal_id FROM proposed_reference_rate r
JOIN unnest($1::text[], $2::date[]) AS sent (basis, effective_from) USING (basis, effective_from)
WHERE NOT EXISTS (SELECT FROM reference_rate_decision d WHERE d.proposal_id = r.proposal_id)
ORDER BY r.basis, r.effective_from LIMIT 1
"""
_PROPOSE = "INSERT INTO reference_rate_proposal (id, already_published, proposed_by) VALUES ($1, $2, $3)"
_PROPOSE_RATES = """
INSERT INTO proposed_reference_rate
  (proposal_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y, unusual_confirmed)
SELECT $1, sent.*
FROM unnest($2::text[], $3::date[], $4::numeric[], $5::numeric[], $6::numeric[], $7::boolean[]) AS sent
"""
_DECIDE = "INSERT INTO reference_rate_decision (proposal_id, state, reason, decided_by) VALUES ($1, $2, $3, $4)"
_PUBLISH = """
INSERT INTO reference_rate
  (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y, proposal_id, proposed_by, published_by)
SELECT sent.*, $7, $8, $9
FROM unnest($1::uuid[], $2::text[], $3::date[], $4::numeric[], $5::numeric[], $6::numeric[]) AS sent
"""


async def propose_rates(conn: Connection, officer: Principal, body: RateProposalIn) -> RateProposalOut:
    """Propose publications that are not on file yet; nothing holds before another officer has confirmed them.

    Raises:
        RatesAreNational: the officer's region is not the whole country.
        ReferenceRateEmpty, ReferenceRateContradicts, ReferenceRateProposed: by name; nothing is proposed.
        NothingToPublish: everything is published with the same rates.
        ReferenceRateUnusual: a rate lies far from its neighbours and is not said to be meant.
    """
    ensure_national(officer)
    await conn.execute(_LOCK)
    new = await _new_of(conn, body.rates)
    proposed = [rate.publication() for rate in new]
    meant = {(str(rate.basis), rate.effective_from) for rate in new if rate.unusual_confirmed}
    steps = await _unusual(conn, proposed)
    if doubtful := [step for step in steps if (step.basis, step.effective_from) not in meant]:
        raise ReferenceRateUnusual(doubtful)
    proposal_id = new_id()
    await conn.execute(_PROPOSE, proposal_id, len(body.rates) - len(new), officer.subject)
    await conn.execute(_PROPOSE_RATES, proposal_id, *_columns(proposed), [rate.unusual_confirmed for rate in new])
    return await queries.get_proposal(conn, proposal_id)


async def decide_proposal(
    conn: Connection, officer: Principal, proposal_id: UUID, body: RateDecisionIn
) -> RateProposalOut:
    """Publish what another officer proposed, with one event for each publication, or reject it.

    Raises:
        RatesAreNational: the officer's region is not the whole country.
        RateProposalUnknown, RateProposalDecided, MakerIsChecker: there is nothing to decide for this officer.
        ReferenceRateContradicts: another proposal published other rates for a day meanwhile.
        ReferenceRateUnusual: a rate lies far from its neighbours and this officer does not say that it is meant.
    """
    ensure_national(officer)
    await conn.execute(_LOCK)
    proposal = await queries.get_proposal(conn, proposal_id)
    if proposal.state != "proposed":
        raise RateProposalDecided(proposal_id, proposal.state)
    if proposal.proposed_by == officer.subject:
        raise MakerIsChecker(officer.subject)
    state = "confirmed" if body.decision == "confirm" else "rejected"
    await conn.execute(_DECIDE, proposal_id, state, body.reason, officer.subject)
    if state == "confirmed":
        await _publish(conn, officer, proposal, body)
    return await queries.get_proposal(conn, proposal_id)


def ensure_national(officer: Principal) -> None:
    """Refuse an officer who may publish rates in a part of the country only.

    Raises:
        RatesAreNational: no grant for it covers the whole country.
    """
    if "" not in officer.regions_for(Right.RATES_PUBLISH):
        raise RatesAreNational


async def _new_of(conn: Connection, rates: Sequence[ReferenceRateIn]) -> list[ReferenceRateIn]:
    known = await _published(conn, [rate.publication() for rate in rates])
    new: list[ReferenceRateIn] = []
    for rate in rates:
        sent = rate.publication()
        if not any(map(sent.rate, TENORS)):
            raise ReferenceRateEmpty(sent.basis, sent.effective_from)
        _ensure_same(known.setdefault((sent.basis, sent.effective_from), sent), sent)
        if known[sent.basis, sent.effective_from] is sent:
            new.append(rate)
    waiting = await conn.fetchrow(_WAITING, [str(rate.basis) for rate in new], [rate.effective_from for rate in new])
    if waiting is not None:
        raise ReferenceRateProposed(*waiting)
    if not new:
        raise NothingToPublish(len(rates))
    return new


async def _published(conn: Connection, sent: Sequence[Publication]) -> dict[tuple[str, object], Publication]:
    series = await queries.published_series(conn, sorted({each.basis for each in sent}))
    return {(each.basis, each.effective_from): each for each in series}


async def _unusual(conn: Connection, new: Sequence[Publication]) -> Sequence[UnusualStep]:
    return unusual_steps(await queries.published_series(conn, sorted({each.basis for each in new})), new)


def _ensure_same(known: Publication, sent: Publication) -> None:
    if known != sent:
        raise ReferenceRateContradicts(sent.basis, sent.effective_from, _shown(known), _shown(sent))


async def _publish(conn: Connection, officer: Principal, proposal: RateProposalOut, body: RateDecisionIn) -> None:
    new = [Publication(**rate.model_dump(exclude={"unusual_confirmed"})) for rate in proposal.rates]
    known = await _published(conn, new)
    for each in new:
        _ensure_same(known.get((each.basis, each.effective_from), each), each)
    steps = await _unusual(conn, new)
    if steps and not body.unusual_confirmed:
        raise ReferenceRateUnusual(steps)
    events = [ReferenceRatePublished(rate_id=new_id(), **asdict(each)) for each in new]
    ids = [event.rate_id for event in events]
    await conn.execute(_PUBLISH, ids, *_columns(new), proposal.id, proposal.proposed_by, officer.subject)
    await outbox.record_many(conn, [outbox.RecordedEvent(event, event.rate_id, 1, WHOLE_COUNTRY) for event in events])


def _columns(publications: Sequence[Publication]) -> tuple[list[object], ...]:
    return tuple([getattr(each, name) for each in publications] for name in ("basis", "effective_from", *TENORS))


def _shown(publication: Publication) -> str:
    rates = map(publication.rate, TENORS)
    return " / ".join("–" if rate is None else f"{rate.normalize():f} %" for rate in rates)
