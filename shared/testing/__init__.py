"""Fixtures on real PostgreSQL: one server a session, one fresh database a service and test, in-process services."""
