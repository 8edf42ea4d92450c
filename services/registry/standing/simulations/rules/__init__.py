"""The rules of this room: pure, no I/O."""
