"""Propose reference rates and corrections of them, and publish them by the word of a second officer."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Final
from uuid import UUID

from services.subsidy.rates import queries
from services.subsidy.rates.queries import InForce
from services.subsidy.rates.refusals import (
    CorrectedPublicationUnknown,
    NothingToPublish,
    RateConsequencesUnseen,
    RateProposalDecided,
    RatesAreNational,
    ReferenceRateContradicts,
    ReferenceRateEmpty,
    ReferenceRateProposed,
    ReferenceRateUnusual,
)
from services.subsidy.rates.rules.plausibility import TENORS, Publication, UnusualStep, unusual_steps
from services.subsidy.rates.schemas import (
    ProposedRateOut,
    RateDecisionIn,
    RateProposalIn,
    RateProposalOut,
    RateSummaryOut,
    ReferenceRateIn,
)
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
_PROPOSE = "INSERT INTO reference_rate_proposal (id, already_published, proposed_by, reason) VALUES ($1, $2, $3, $4)"
_PROPOSE_RATES = """
INSERT INTO proposed_reference_rate
  (proposal_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y, unusual_confirmed, corrects)
SELECT $1, sent.*
FROM unnest($2::text[], $3::date[], $4::numeric[], $5::numeric[], $6::numeric[], $7::boolean[], $8::uuid[]) AS sent
"""
_DECIDE = """
INSERT INTO reference_rate_decision (proposal_id, state, reason, decided_by, consequences) VALUES ($1, $2, $3, $4, $5)
"""
_PUBLISH = """
INSERT INTO reference_rate
  (rate_id, basis, effective_from, up_to_1y, over_1y_to_5y, over_5y, revision, corrects,
   proposal_id, proposed_by, published_by)
SELECT sent.*, $9, $10, $11
FROM unnest($1::uuid[], $2::text[], $3::date[], $4::numeric[], $5::numeric[], $6::numeric[], $7::int[], $8::uuid[])
  AS sent
"""


async def propose_rates(conn: Connection, officer: Principal, body: RateProposalIn) -> RateProposalOut:
    """Propose publications and corrections of them; nothing holds before another officer has confirmed them.

    Raises:
        RatesAreNational: the officer's region is not the whole country.
        ReferenceRateEmpty, ReferenceRateContradicts, ReferenceRateProposed, CorrectedPublicationUnknown: by name;
            nothing is proposed.
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
    await conn.execute(_PROPOSE, proposal_id, len(body.rates) - len(new), officer.subject, body.reason)
    meanings = [rate.unusual_confirmed for rate in new], [rate.corrects for rate in new]
    await conn.execute(_PROPOSE_RATES, proposal_id, *_columns(proposed), *meanings)
    return await queries.get_proposal(conn, proposal_id)


async def decide_proposal(
    conn: Connection, officer: Principal, proposal_id: UUID, body: RateDecisionIn, shown: RateSummaryOut | None
) -> RateProposalOut:
    """Publish what another officer proposed, with one event for each publication, or reject it.

    `shown` is what lending says that it does to loans, or None where it can do nothing; it is kept with the decision.

    Raises:
        RatesAreNational: the officer's region is not the whole country.
        RateProposalUnknown, RateProposalDecided, MakerIsChecker: there is nothing to decide for this officer.
        ReferenceRateContradicts: another proposal published other rates for a day meanwhile.
        CorrectedPublicationUnknown: another proposal corrected the publication meanwhile.
        ReferenceRateUnusual: a rate lies far from its neighbours and this officer does not say that it is meant.
        RateConsequencesUnseen: loans would change, and this officer names other figures of it, or none.
    """
    ensure_national(officer)
    await conn.execute(_LOCK)
    proposal = await queries.get_proposal(conn, proposal_id)
    if proposal.state != "proposed":
        raise RateProposalDecided(proposal_id, proposal.state)
    if proposal.proposed_by == officer.subject:
        raise MakerIsChecker(officer.subject)
    state = "confirmed" if body.decision == "confirm" else "rejected"
    if state == "confirmed" and shown is not None:
        _ensure_seen(shown, body)
    consequences = shown.model_dump(mode="json") if shown is not None and state == "confirmed" else None
    await conn.execute(_DECIDE, proposal_id, state, body.reason, officer.subject, consequences)
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


def may_change_loans(proposal: RateProposalOut, today: date) -> bool:
    """Return whether loans can rest on what a proposal corrects or precedes: nothing is signed on a day to come."""
    return any(rate.corrects is not None or rate.effective_from <= today for rate in proposal.rates)


def _ensure_seen(shown: RateSummaryOut, body: RateDecisionIn) -> None:
    seen = body.consequences
    figures = shown.loan_count, shown.interest_before, shown.interest_after
    if shown.loan_count and (seen is None or (seen.loan_count, seen.interest_before, seen.interest_after) != figures):
        raise RateConsequencesUnseen(shown.loan_count, str(shown.interest_before), str(shown.interest_after))


async def _new_of(conn: Connection, rates: Sequence[ReferenceRateIn]) -> list[ReferenceRateIn]:
    known = await queries.in_force(conn, sorted({str(rate.basis) for rate in rates}))
    first: dict[tuple[str, date], Publication] = {}
    new: list[ReferenceRateIn] = []
    for rate in rates:
        sent = rate.publication()
        key = sent.basis, sent.effective_from
        if not any(map(sent.rate, TENORS)) and rate.corrects is None:
            raise ReferenceRateEmpty(*key)
        held = known.get(key)
        _ensure_same(first.setdefault(key, sent), sent)
        if _is_published(held, sent, rate.corrects):
            continue
        if first[key] is sent:
            new.append(rate)
    waiting = await conn.fetchrow(_WAITING, [str(rate.basis) for rate in new], [rate.effective_from for rate in new])
    if waiting is not None:
        raise ReferenceRateProposed(*waiting)
    if not new:
        raise NothingToPublish(len(rates))
    return new


def _is_published(held: InForce | None, sent: Publication, corrects: UUID | None) -> bool:
    """Return whether this holds already; refuse what would take the place of something else unsaid.

    Raises: CorrectedPublicationUnknown, ReferenceRateContradicts.
    """
    if corrects is not None and (held is None or held.rate_id != corrects):
        in_force = None if held is None else held.rate_id
        raise CorrectedPublicationUnknown(sent.basis, sent.effective_from, corrects, in_force)
    if held is None:
        return False
    if corrects is None:
        _ensure_same(held.publication, sent)
    return held.publication == sent


async def _unusual(conn: Connection, new: Sequence[Publication]) -> Sequence[UnusualStep]:
    replaced = {(each.basis, each.effective_from) for each in new}
    known = await queries.in_force(conn, sorted({each.basis for each in new}))
    return unusual_steps([each.publication for key, each in known.items() if key not in replaced], new)


def _ensure_same(known: Publication, sent: Publication) -> None:
    if known != sent:
        raise ReferenceRateContradicts(sent.basis, sent.effective_from, _shown(known), _shown(sent))


async def _publish(conn: Connection, officer: Principal, proposal: RateProposalOut, body: RateDecisionIn) -> None:
    new = [rate.publication() for rate in proposal.rates]
    known = await queries.in_force(conn, sorted({each.basis for each in new}))
    for rate, each in zip(proposal.rates, new, strict=True):
        _is_published(known.get((each.basis, each.effective_from)), each, rate.corrects)
    steps = await _unusual(conn, new)
    if steps and not body.unusual_confirmed:
        raise ReferenceRateUnusual(steps)
    revisions = [_revision(known, rate) for rate in proposal.rates]
    events = [
        ReferenceRatePublished(rate_id=new_id(), revision=revision, **asdict(each))
        for each, revision in zip(new, revisions, strict=True)
    ]
    ids, corrects = [event.rate_id for event in events], [rate.corrects for rate in proposal.rates]
    persons = proposal.id, proposal.proposed_by, officer.subject
    await conn.execute(_PUBLISH, ids, *_columns(new), revisions, corrects, *persons)
    await outbox.record_many(conn, [outbox.RecordedEvent(event, event.rate_id, 1, WHOLE_COUNTRY) for event in events])


def _revision(known: Mapping[tuple[str, date], InForce], rate: ProposedRateOut) -> int:
    held = known.get((rate.basis, rate.effective_from))
    return 1 if held is None else held.revision + 1


def _columns(publications: Sequence[Publication]) -> tuple[list[object], ...]:
    return tuple([getattr(each, name) for each in publications] for name in ("basis", "effective_from", *TENORS))


def _shown(publication: Publication) -> str:
    rates = map(publication.rate, TENORS)
    return " / ".join("–" if rate is None else f"{rate.normalize():f} %" for rate in rates)
