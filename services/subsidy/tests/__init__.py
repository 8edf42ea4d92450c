"""Tests of the subsidy service on real PostgreSQL."""
