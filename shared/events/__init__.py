"""Frozen events by owner, and the envelope in which they travel."""
