"""Rules of this room: pure functions, no I/O."""
