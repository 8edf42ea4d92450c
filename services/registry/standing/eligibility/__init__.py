"""May this household borrow, and if not, every reason why."""
