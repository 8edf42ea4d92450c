"""Visits that rate, grant a limit and take the application: the township opens one, the bank grants (DY-4)."""
