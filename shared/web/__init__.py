"""The HTTP edge every service shares: identity, problems, idempotent writes, pages, health and metrics."""
