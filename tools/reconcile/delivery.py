"""Events on their way: outbox = stream = inbox, versions without a gap, streams without a hole (X1, X5, X6, X7)."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, Final

from tools.reconcile.checks import check
from tools.reconcile.databases import SERVICES
from tools.reconcile.findings import Findings
from tools.reconcile.streams import PASSING_SECONDS, Message
from tools.reconcile.world import World

MAX_AGE_SECONDS: Final = 400 * 86_400  # then an event leaves its stream, never its outbox

# Who must hear whom; a durable consumer that is missing would otherwise look like a service that needs nothing.
CONSUMERS: Final = (
    ("registry", "lending"),
    ("lending", "registry"),
    ("lending", "subsidy"),
    ("lending", "riskfund"),
    ("subsidy", "registry"),
    ("subsidy", "lending"),
    ("riskfund", "registry"),
    ("riskfund", "lending"),
    ("gateway", "registry"),
)

_OUTBOX = f"""
SELECT event_id::text, event_name, aggregate_id::text, aggregate_version, stream_sequence, published_at IS NOT NULL,
  refused_reason, occurred_at > clock_timestamp() - interval '{PASSING_SECONDS} seconds', md5(data::text)
FROM outbox
"""

_EARLY = """
SELECT count(*) FROM outbox WHERE stream_sequence < $1 AND published_at > clock_timestamp() - make_interval(secs => $2)
"""


@check("X1a", "发件箱=事件流", "Every event is in its stream as recorded, until it is too old; nothing else is there")
async def outboxes(world: World, found: Findings) -> None:
    """Compare each service's outbox with its stream."""
    for service in SERVICES:
        stream = world.streams[service]
        by_id = {message.event_id: message for message in stream.messages}
        repeated = len(stream.messages) - len(by_id)
        if repeated:
            found.notes.append(f"{repeated} messages of {service} are in the stream more than once")
        expired = {message.event_id for message in await world.expired(service)}
        await _note_expired(world, found, service, len(expired))
        async for row in world[service].each(_OUTBOX):
            if row[0] not in expired:
                _compare_row(world, found, service, row, by_id.pop(row[0], None))
        for message in by_id.values():
            if not (world.is_online and message.is_recent):
                found.differ(message.event_id, f"{service}: {message.name} in the stream", "nothing", "unexpected")
        for sequence in stream.unreadable:
            found.differ(f"{service} {sequence}", "message in the stream", "an event", "unreadable")


async def _note_expired(world: World, found: Findings, service: str, count: int) -> None:
    if not count:
        return
    early = await world[service].value(_EARLY, world.streams[service].first, MAX_AGE_SECONDS)
    found.notes.append(f"{count} events of {service} have left the stream and are read from the outbox")
    if early:
        found.notes.append(
            f"{early} of them left before {MAX_AGE_SECONDS // 86_400} days; find out who changed the limit"
        )


def _compare_row(world: World, found: Findings, service: str, row: Any, message: Message | None) -> None:
    event_id, name, aggregate_id, version, sequence, is_published, refused, is_recent, digest = row
    if refused is not None:
        found.differ(event_id, f"{service}: {name}", "published", "refused by the relay")
        return
    if message is None:
        passing = world.is_online and is_recent and not is_published
        state = "missing from the stream" if is_published else "not published yet"
        found.holds(event_id, f"{service}: {name}", passing, "in the stream", state)
        return
    if not is_published:
        passing = world.is_online and is_recent
        found.holds(event_id, f"{service}: {name}", passing, "marked as published", "in the stream, not marked")
        return
    expected = (name, aggregate_id, version, digest, sequence)
    published = (message.name, message.aggregate_id, message.version, message.data_digest, message.sequence)
    found.equal(event_id, f"{service}: name, aggregate, version, digest, sequence", expected, published)


_INBOX = """
SELECT event_id::text, state, event_name, aggregate_id::text, aggregate_version, stream_sequence,
  received_at > clock_timestamp() - make_interval(secs => $2)
FROM inbox WHERE consumer = $1
"""
_PARKED = """
SELECT id, event_id::text, stream_sequence, replayed_at IS NOT NULL FROM parked_message WHERE consumer = $1
"""


@check(
    "X1b",
    "事件流=收件箱",
    "Every event that was in a stream was applied by everyone who must hear it; nothing waits or is parked",
)
async def inboxes(world: World, found: Findings) -> None:
    """Compare each stream with the inbox of each of its consumers."""
    for service, owner in CONSUMERS:
        consumer, stream = f"{service}-{owner}", world.streams[owner]
        if consumer not in stream.consumers:
            found.differ(consumer, "durable consumer", "there", "missing")
        await _compare_inbox(world, found, service, consumer, [*await world.expired(owner), *stream.messages])


async def _compare_inbox(
    world: World, found: Findings, service: str, consumer: str, messages: Sequence[Message]
) -> None:
    waiting_for = {message.event_id: message for message in reversed(messages)}
    parked = set()
    for key, event_id, sequence, is_replayed in await world[service].rows(_PARKED, consumer):
        if not is_replayed:
            parked.add(event_id)
            found.differ(f"{consumer} parked {key}", f"message {sequence} of the stream", "applied", "parked")
    async for row in world[service].each(_INBOX, consumer, float(PASSING_SECONDS)):
        event_id, state, name, aggregate_id, version, _, is_recent = row
        message = waiting_for.pop(event_id, None)
        key = f"{consumer} {event_id}"
        if state != "applied":
            found.holds(key, name, world.is_online and is_recent, "applied", state)
        elif message is None:
            found.holds(key, name, world.is_online and is_recent, "in the stream", "only in the inbox")
        else:
            published = (message.name, message.aggregate_id, message.version)
            found.equal(key, "name, aggregate, version", published, (name, aggregate_id, version))
    for message in waiting_for.values():
        if message.event_id not in parked and not (world.is_online and message.is_recent):
            found.differ(f"{consumer} {message.event_id}", message.name, "applied", "never received")


_VERSIONS = """
SELECT aggregate_id::text, v.what, v.expected, v.found
FROM (SELECT aggregate_id, count(*) AS count, min(aggregate_version) AS lowest, max(aggregate_version) AS highest,
        count(DISTINCT aggregate_version) AS different, count(DISTINCT aggregate_type) AS types
      FROM outbox GROUP BY 1) a
CROSS JOIN LATERAL (VALUES
  ('versions 1 to n', a.count, a.highest::bigint), ('first version', 1::bigint, a.lowest::bigint),
  ('each version once', a.count, a.different), ('one kind of aggregate', 1::bigint, a.types)
) AS v (what, expected, found)
"""
_POSITIONS = """
SELECT p.consumer || ' ' || p.aggregate_id, 'position = highest version applied, all of them',
  p.version::text || ' of ' || p.version, coalesce(i.highest, 0)::text || ' of ' || coalesce(i.count, 0)
FROM inbox_position p
LEFT JOIN (SELECT consumer, aggregate_id, count(DISTINCT aggregate_version) AS count, max(aggregate_version) AS highest
           FROM inbox WHERE state = 'applied' GROUP BY 1, 2) i
  ON i.consumer = p.consumer AND i.aggregate_id = p.aggregate_id
"""
_APPLIED_ONCE = """
SELECT consumer || ' ' || aggregate_id || ' ' || aggregate_version, 'events applied under one version', 1::bigint,
  count(*)
FROM inbox WHERE state = 'applied' GROUP BY consumer, aggregate_id, aggregate_version
"""


@check("X5", "版本连续", "Versions of each aggregate run 1 to n, in the outbox, in the stream's order, at the consumer")
async def versions(world: World, found: Findings) -> None:
    """Look for holes, repeats and wrong order."""
    for service in SERVICES:
        for statement in (_VERSIONS, _POSITIONS, _APPLIED_ONCE):
            await found.sql(world[service], statement)
    for owner, stream in world.streams.items():
        _check_order(found, chain(await world.expired(owner), stream.messages))


def _check_order(found: Findings, messages: Iterable[Message]) -> None:
    reached: dict[str, int] = {}
    seen: set[str] = set()
    for message in messages:
        if message.event_id in seen:
            continue
        seen.add(message.event_id)
        expected = reached.get(message.aggregate_id, 0) + 1
        found.equal(
            f"{message.aggregate_id} at {message.sequence}", "next version published", expected, message.version
        )
        reached[message.aggregate_id] = message.version


@check("X6", "事件流完整", "No message is missing from a stream, and streams and consumers are set as they must be")
async def streams(world: World, found: Findings) -> None:
    """Compare what the server says of each stream with what was read and what must be."""
    for owner, stream in world.streams.items():
        expected = stream.last - stream.first + 1 if stream.last else 0
        found.equal(owner, "messages = last − first + 1", expected, stream.count)
        found.equal(owner, "messages deleted", 0, stream.deleted)
        sequences = [message.sequence for message in stream.messages] + stream.unreadable
        still_there = {sequence for sequence in sequences if sequence >= stream.first}
        found.equal(owner, "messages read", stream.count, len(still_there))
        found.same_maps(f"settings of {owner}", stream_settings(owner), stream.settings)
        names = {f"{service}-{each}" for service, each in CONSUMERS if each == owner}
        for name, durable in stream.consumers.items():
            found.holds(name, "a consumer that is known", name in names, sorted(names), name)
            found.same_maps(f"settings of {name}", consumer_settings(owner), durable.settings)
            if not world.is_online:
                found.equal(name, "messages not delivered", 0, durable.waiting)
    world.figures["events_published"] = sum(len(stream.event_ids) for stream in world.streams.values())


def stream_settings(owner: str) -> dict[str, object]:
    """Return how an owner's stream must be set so that it forgets nothing before everyone has long applied it."""
    return {
        "retention": "limits",
        "storage": "file",
        "discard": "new",
        "subjects": f"{owner}.>",
        "deny_delete": True,
        "deny_purge": True,
        "max_msgs": -1,
        "max_bytes": -1,
        "max_age": float(MAX_AGE_SECONDS),
    }


def consumer_settings(owner: str) -> dict[str, object]:
    """Return how a service's consumer must be set so that it misses nothing."""
    return {
        "durable": True,
        "ack_policy": "explicit",
        "deliver_policy": "all",
        "filter": f"{owner}.>",
        "max_deliver": -1,
    }


_PUBLISHED_ABOUT = """
SELECT l.id::text, (principal * 100)::bigint, (principal_repaid * 100)::bigint, (interest_paid * 100)::bigint,
  (penalty_paid * 100)::bigint, (held * 100)::bigint, (principal_compensated * 100)::bigint,
  (interest_compensated * 100)::bigint, ((principal_recovered + interest_recovered) * 100)::bigint, state,
  closed_on::text
FROM loan l
"""
_UNPUBLISHED = "SELECT DISTINCT aggregate_id::text FROM outbox WHERE published_at IS NULL"


@check("X7", "事件流重述", "Every loan, added up from its events alone, is the loan in the database")
async def retelling(world: World, found: Findings) -> None:
    """Compare lending's loans with what somebody who only heard the events would believe."""
    passing = {row[0] for row in await world["lending"].rows(_UNPUBLISHED)} if world.is_online else set()
    recent = {m.aggregate_id for m in world.streams["lending"].messages if m.is_recent} if world.is_online else set()
    published = {
        key: loan.figures() for key, loan in (await world.replayed()).loans.items() if key not in passing | recent
    }
    booked = {k: v for k, v in (await world["lending"].map(_PUBLISHED_ABOUT)).items() if k not in passing | recent}
    what = "fen lent, repaid, interest, penalty, held, compensated principal and interest, recovered; state, closed on"
    found.same_maps(what, booked, published)
