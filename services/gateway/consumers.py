"""Which facts of other services the gateway acts on, and the one action for each."""

from services.gateway.regions.actions import keep_changes
from shared.events.registry import RegionChanged
from shared.inbox import Subscription

SUBSCRIPTIONS = (
    # Each change is kept under its own id, and ids rise in the order of recording: arrival does not matter.
    Subscription("gateway", "registry", {RegionChanged: keep_changes}, ordered=False),
)
