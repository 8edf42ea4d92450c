"""The loan account: what a loan is after everything that was posted on it, on any day."""
