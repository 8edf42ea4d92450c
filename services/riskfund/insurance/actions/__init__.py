"""Writes of this room: one function per verb."""
