"""The spine that carries facts: nothing lost, nothing doubled, order kept, on a real PostgreSQL and a real NATS."""
