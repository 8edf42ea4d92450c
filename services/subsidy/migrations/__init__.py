"""Alembic's versions of this schema."""
