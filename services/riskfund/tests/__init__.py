"""Tests of the risk-fund service."""
