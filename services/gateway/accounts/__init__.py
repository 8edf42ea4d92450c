"""Accounts of people and API clients, and their grants."""
