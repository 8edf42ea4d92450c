"""Which events of other services the gateway acts on, and the one action for each."""

from services.gateway.regions.actions import store_region_changes
from shared.events.registry import RegionChanged
from shared.inbox import Subscription

SUBSCRIPTIONS = (
    # Each change is stored under its own id, and ids rise in the order of recording: arrival does not matter.
    Subscription("gateway", "registry", {RegionChanged: store_region_changes}, ordered=False),
)
