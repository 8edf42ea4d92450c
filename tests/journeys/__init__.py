"""Whole lives on real processes: people and programs at the gateway, facts over NATS, figures exact to the fen."""
