"""Frozen facts by owner, and the envelope in which they travel."""
