"""The spine that carries events: nothing lost, nothing doubled, order kept, on a real PostgreSQL and a real NATS."""
