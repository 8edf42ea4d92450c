"""Whole lives on real processes: people and programs at the gateway, events over NATS, figures exact to the fen."""
