"""How an event travels: a CloudEvents 1.0 envelope in structured JSON, on a subject that names type and county."""

from datetime import datetime
from functools import cache
from typing import Annotated, Any, Final, Generic, Literal, TypeVar
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from shared.events.base import Event, EventType, find_event
from shared.events.received import Received
from shared.regions import RegionCode

CONTENT_TYPE: Final = "application/json"
_SUBJECT_TOKENS: Final = 6
D = TypeVar("D", bound=Event)


class Envelope(BaseModel, Generic[D]):
    """CloudEvents 1.0 attributes, our extensions, and the event itself."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: UUID
    time: AwareDatetime
    datacontenttype: Literal["application/json"]
    dataschema: str
    aggregatetype: str
    aggregateversion: Annotated[int, Field(ge=1, le=2**31 - 1)]
    region: RegionCode
    schemaversion: Annotated[int, Field(ge=1)]
    traceparent: str | None = None
    data: D


class UnreadableMessage(Exception):
    """A message that no handler can ever be given as it is: park it."""

    def __init__(self, reason: str, event_id: UUID | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.event_id = event_id


@cache
def envelope_of(event: type[Event]) -> type[Envelope[Any]]:
    """Return the envelope model that carries one event type."""
    return Envelope[event]  # type: ignore[valid-type]


def subject_of(kind: EventType, region_code: str) -> str:
    """Return `<owner>.<event>.v<n>.<province>.<prefecture>.<county>`; "00" stands for a level not given."""
    return f"{kind.owner}.{kind.name}.v{kind.version}.{region_tokens(region_code)}"


@cache
def region_tokens(region_code: str) -> str:
    """Return the two-digit province, prefecture and county tokens of any region code."""
    return ".".join(region_code[at : at + 2] or "00" for at in (0, 2, 4))


def encode(
    kind: EventType,
    *,
    event_id: UUID,
    aggregate_id: UUID,
    aggregate_version: int,
    region_code: str,
    occurred_at: datetime,
    traceparent: str | None,
    data: str | bytes,
) -> bytes:
    """Return the message body; `data` is the event's JSON, already validated."""
    attributes: dict[str, Any] = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": f"/{kind.owner}",
        "type": kind.name,
        "subject": str(aggregate_id),
        "time": occurred_at,
        "datacontenttype": CONTENT_TYPE,
        "dataschema": kind.schema_path,
        "aggregatetype": kind.aggregate,
        "aggregateversion": aggregate_version,
        "region": region_code,
        "schemaversion": kind.version,
    }
    if traceparent:
        attributes["traceparent"] = traceparent
    attributes["data"] = orjson.Fragment(data)
    return orjson.dumps(attributes)


def decode(subject: str, body: bytes, stream_sequence: int) -> Received[Event]:
    """Return the event in a message, checked against its schema and its subject.

    Raises:
        UnreadableMessage: unknown event or version, not our JSON, or envelope and subject disagree.
    """
    owner, model = _addressed(subject, body)
    if b"\\u0000" in body:
        raise UnreadableMessage("contains a NUL character, which no text may", _peeked_id(body))
    try:
        envelope = envelope_of(model).model_validate_json(body)
    except ValidationError as error:
        raise UnreadableMessage(explained(error), _peeked_id(body)) from None
    kind = model.event_type
    said = (envelope.source, envelope.type, envelope.schemaversion, envelope.aggregatetype)
    if said != (f"/{owner}", kind.name, kind.version, kind.aggregate) or subject != subject_of(kind, envelope.region):
        raise UnreadableMessage(f"envelope {said} in {envelope.region} does not belong on {subject}", envelope.id)
    return Received(
        event=envelope.data,
        event_id=envelope.id,
        aggregate_id=envelope.subject,
        aggregate_version=envelope.aggregateversion,
        region_code=envelope.region,
        occurred_at=envelope.time,
        traceparent=envelope.traceparent,
        stream_sequence=stream_sequence,
        subject=subject,
        body=body,
    )


def decode_stored(body: bytes, stream_sequence: int) -> Received[Event]:
    """Return the event in an envelope that this service stored, for which no subject was kept.

    Raises:
        UnreadableMessage: when the code no longer knows the event.
    """
    attributes = orjson.loads(body)
    owner, region = attributes["source"].removeprefix("/"), attributes["region"]
    subject = f"{owner}.{attributes['type']}.v{attributes['schemaversion']}.{region_tokens(region)}"
    return decode(subject, body, stream_sequence)


def _addressed(subject: str, body: bytes) -> tuple[str, type[Event]]:
    tokens = subject.split(".")
    if len(tokens) != _SUBJECT_TOKENS or not tokens[2][1:].isdecimal():
        raise UnreadableMessage("the subject is not <owner>.<event>.v<n>.<province>.<prefecture>.<county>")
    owner, name, version = tokens[0], tokens[1], int(tokens[2][1:])
    model = find_event(name, version)
    if model is None:
        raise UnreadableMessage(f"unknown event {name} v{version}: upgrade this service, then replay", _peeked_id(body))
    if model.event_type.owner != owner:
        raise UnreadableMessage(f"{name} belongs to {model.event_type.owner}, it came from {owner}", _peeked_id(body))
    return owner, model


def _peeked_id(body: bytes) -> UUID | None:
    """Return the event id of a body we cannot use, when it can be found at all."""
    try:
        return UUID(orjson.loads(body)["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def explained(error: ValidationError) -> str:
    """Return what is wrong with a message, field by field, without repeating any of its values."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    first = "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in faults[:5])
    return f"not valid: {first}" + (f" and {len(faults) - 5} more" if len(faults) > 5 else "")
