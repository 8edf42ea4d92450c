"""Tests of the lending service."""
