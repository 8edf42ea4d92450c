"""Periods of the subsidy (贴息周期): when a run is due by the pack and the calendar, and when it is late (SX-5)."""
