"""The streams, the durable consumers, and who may touch what: one table each, read by provisioning and by start-up."""

import os
from dataclasses import dataclass
from typing import Final

from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    ReplayPolicy,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from shared.inbox import consumer_name

OWNERS: Final = ("registry", "lending", "subsidy", "riskfund", "gateway")

MAX_AGE_SECONDS: Final = 400 * 86_400  # a year's programme and its audit; older events come back by `republish`
DUPLICATE_WINDOW_SECONDS: Final = 86_400  # longer than any relay outage we plan for; the inbox covers the rest
MAX_MESSAGE_BYTES: Final = 256 * 1024
# Far longer than a batch takes, yet a killed replica's messages are not missing for long; coming twice is harmless.
ACK_WAIT_SECONDS = int(os.environ.get("NATS_ACK_WAIT_SECONDS", "20"))
FETCH_BATCH: Final = 500
MAX_ACK_PENDING: Final = 2 * FETCH_BATCH + 24  # one batch being applied, one on its way, some in doubt
RECONCILER: Final = "reconciler"  # the only consumer that the reading user may make, one at a time


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """One durable pull consumer: `service` reads what `owner` publishes."""

    service: str
    owner: str

    @property
    def name(self) -> str:
        """Return the durable's name, which is also the consumer's name in the inbox."""
        return consumer_name(self.service, self.owner)

    @property
    def filter_subjects(self) -> tuple[str, ...]:
        """Return everything of the owner: a filter would leave gaps in an aggregate's versions."""
        return (f"{self.owner}.>",)


CONSUMERS: Final = (
    ConsumerSpec("registry", "lending"),
    ConsumerSpec("lending", "registry"),
    ConsumerSpec("lending", "subsidy"),
    ConsumerSpec("lending", "riskfund"),
    ConsumerSpec("subsidy", "registry"),
    ConsumerSpec("subsidy", "lending"),
    ConsumerSpec("riskfund", "registry"),
    ConsumerSpec("riskfund", "lending"),
    ConsumerSpec("gateway", "registry"),
)


def stream_of(owner: str) -> str:
    """Return the name of the stream that holds one owner's events."""
    return owner.upper()


def stream_config(owner: str, replicas: int) -> StreamConfig:
    """Return the configuration of one owner's stream: on disk, refusing rather than forgetting."""
    return StreamConfig(
        name=stream_of(owner),
        subjects=[f"{owner}.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.NEW,
        max_age=MAX_AGE_SECONDS,
        max_msgs=-1,
        max_bytes=-1,
        max_msgs_per_subject=-1,
        max_consumers=-1,
        max_msg_size=MAX_MESSAGE_BYTES,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        num_replicas=replicas,
        deny_delete=True,
        deny_purge=True,
        allow_rollup_hdrs=False,
        allow_direct=False,  # a direct get may be answered by a replica that lags
    )


def consumer_config(spec: ConsumerSpec, replicas: int) -> ConsumerConfig:
    """Return the configuration of one durable consumer: everything, explicitly acknowledged, delivered for ever."""
    return ConsumerConfig(
        name=spec.name,
        durable_name=spec.name,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        replay_policy=ReplayPolicy.INSTANT,
        ack_wait=ACK_WAIT_SECONDS,
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
        max_waiting=512,
        filter_subject=spec.filter_subjects[0],
        num_replicas=replicas,
        mem_storage=False,
    )


def consumers_of(service: str) -> tuple[ConsumerSpec, ...]:
    """Return the consumers one service binds to."""
    return tuple(spec for spec in CONSUMERS if spec.service == service)


def streams_seen_by(service: str) -> tuple[str, ...]:
    """Return the owners whose streams a service writes or reads."""
    return tuple(dict.fromkeys((service, *(spec.owner for spec in consumers_of(service)))))


Permissions = dict[str, list[str]]


def server_permissions() -> dict[str, Permissions]:
    """Return what each NATS user may publish and subscribe; everything else is denied.

    A service may publish its own events, read and acknowledge with its own consumers, and look up their
    configuration; it can neither create nor change any of it, nor see another user's answers.
    """
    users = {owner: _service_permissions(owner) for owner in OWNERS if owner != "gateway"}
    users["gateway"] = _permissions("gateway", [*_service_subjects("gateway"), *_reading_subjects()])
    users["reader"] = _permissions("reader", _reading_subjects())
    users["provisioner"] = _permissions("provisioner", ["$JS.API.>"])
    return users


def _service_permissions(service: str) -> Permissions:
    return _permissions(service, _service_subjects(service))


def _service_subjects(service: str) -> list[str]:
    subjects = [f"{service}.>"]
    subjects += [f"$JS.API.STREAM.INFO.{stream_of(owner)}" for owner in streams_seen_by(service)]
    for spec in consumers_of(service):
        subjects += _consuming_subjects(stream_of(spec.owner), spec.name)
    return subjects


def _consuming_subjects(stream: str, consumer: str) -> list[str]:
    return [
        f"$JS.API.CONSUMER.INFO.{stream}.{consumer}",
        f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer}",
        f"$JS.ACK.{stream}.{consumer}.>",
        f"$JS.ACK.*.*.{stream}.{consumer}.>",  # the longer form, with domain and account
    ]


def _reading_subjects() -> list[str]:
    subjects = ["$JS.API.INFO", "$JS.API.STREAM.LIST", "$JS.API.STREAM.NAMES"]
    subjects += ["$JS.API.STREAM.INFO.*", "$JS.API.STREAM.MSG.GET.*", "$JS.API.CONSUMER.INFO.*.*"]
    subjects += ["$JS.API.CONSUMER.LIST.*", "$JS.API.CONSUMER.NAMES.*"]
    # A consumer of its own, by name: with a wildcard it could take messages away from a service's durable.
    subjects += [f"$JS.API.CONSUMER.CREATE.*.{RECONCILER}", f"$JS.API.CONSUMER.CREATE.*.{RECONCILER}.>"]
    subjects += [f"$JS.API.CONSUMER.DELETE.*.{RECONCILER}", f"$JS.API.CONSUMER.MSG.NEXT.*.{RECONCILER}"]
    return subjects


def _permissions(user: str, publish: list[str]) -> Permissions:
    return {"publish": publish, "subscribe": [f"_INBOX_{user}.>"]}
