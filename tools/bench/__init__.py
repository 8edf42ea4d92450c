"""The benchmark: what the platform does per second beside what PostgreSQL and NATS could do at best, in one run."""
