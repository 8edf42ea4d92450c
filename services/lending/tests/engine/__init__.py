"""Tests of the interest engine: oracle cases, examples and properties."""
