"""Create and update streams and consumers; read them back and name every difference."""

from collections.abc import Iterable
from dataclasses import fields
from typing import Any, Final

import structlog
from nats.js.api import Base, ConsumerConfig, StreamConfig
from nats.js.errors import NotFoundError

from shared.bus.connection import Link
from shared.bus.topology import (
    CONSUMERS,
    OWNERS,
    ConsumerSpec,
    consumer_config,
    consumers_of,
    stream_config,
    stream_of,
    streams_seen_by,
)

log = structlog.get_logger("bus")

# What a server notes for itself or for people; it changes nothing about what is kept or delivered.
_REMARKS: Final = frozenset({"metadata", "description", "placement", "template_owner", "first_seq"})


class NotProvisioned(RuntimeError):
    """A stream or consumer does not exist (yet)."""


class ConfigurationDrift(RuntimeError):
    """NATS is configured otherwise than the code says; events could be lost or doubled."""

    def __init__(self, differences: Iterable[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(
            f"NATS differs from the code in {'; '.join(self.differences)}. Find out who changed it, "
            "then run `python -m shared.bus provision`."
        )


async def provision(link: Link, replicas: int) -> list[str]:
    """Bring every stream and consumer to the configuration in code and return what was done; safe to repeat."""
    done = []
    for owner in OWNERS:
        done += await _provision_stream(link, owner, replicas)
    for spec in CONSUMERS:
        done += await _provision_consumer(link, spec, replicas)
    return done


async def _provision_stream(link: Link, owner: str, replicas: int) -> list[str]:
    wanted, manager = stream_config(owner, replicas), link.client.jsm()
    try:
        found = (await manager.stream_info(stream_of(owner))).config
    except NotFoundError:
        await manager.add_stream(wanted)
        return [f"created stream {wanted.name}"]
    changes = _differences(f"stream {wanted.name}", wanted, found)
    if changes:
        await manager.update_stream(wanted)
    return [f"updated {change}" for change in changes]


async def _provision_consumer(link: Link, spec: ConsumerSpec, replicas: int) -> list[str]:
    wanted, manager, stream = consumer_config(spec, replicas), link.client.jsm(), stream_of(spec.owner)
    try:
        found = (await manager.consumer_info(stream, spec.name)).config
    except NotFoundError:
        await manager.add_consumer(stream, wanted)
        return [f"created consumer {spec.name}"]
    changes = _differences(f"consumer {spec.name}", wanted, found)
    if changes:
        await manager.add_consumer(stream, wanted)
    return [f"updated {change}" for change in changes]


async def verify(link: Link, service: str, replicas: int) -> None:
    """Read back all that a service depends on.

    Raises:
        NotProvisioned: a stream or consumer is missing.
        ConfigurationDrift: with every field that differs, what it should be and what it is.
    """
    differences: list[str] = []
    manager = link.client.jsm()
    for owner in streams_seen_by(service):
        try:
            stream = (await manager.stream_info(stream_of(owner))).config
        except NotFoundError:
            raise NotProvisioned(_missing(f"stream {stream_of(owner)}")) from None
        differences += _differences(f"stream {stream_of(owner)}", stream_config(owner, replicas), stream)
    for spec in consumers_of(service):
        try:
            consumer = (await manager.consumer_info(stream_of(spec.owner), spec.name)).config
        except NotFoundError:
            raise NotProvisioned(_missing(f"consumer {spec.name}")) from None
        differences += _differences(f"consumer {spec.name}", consumer_config(spec, replicas), consumer)
    if differences:
        raise ConfigurationDrift(differences)


def _missing(what: str) -> str:
    return f"{what} does not exist; run `python -m shared.bus provision`"


def _differences(what: str, wanted: StreamConfig | ConsumerConfig, found: StreamConfig | ConsumerConfig) -> list[str]:
    pairs = (
        (field.name, _plain(getattr(wanted, field.name)), _plain(getattr(found, field.name)))
        for field in fields(wanted)
        if field.name not in _REMARKS
    )
    return [f"{what}: {name} is {is_!r}, should be {should!r}" for name, should, is_ in pairs if should != is_]


def _plain(value: Any) -> Any:
    """Return a value in which "not set" has one form; the server leaves out what has its default."""
    value = value.as_dict() if isinstance(value, Base) else getattr(value, "value", value)
    if value in (None, False, 0, -1, "none", "default") or value == [] or value == {}:
        return None
    return value
