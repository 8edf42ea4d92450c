"""Implementing entities: their conditions, their capacity, and the households bound to them (SX-4, LG-20b)."""
