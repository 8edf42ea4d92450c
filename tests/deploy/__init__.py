"""The way from a clone to a running platform."""
