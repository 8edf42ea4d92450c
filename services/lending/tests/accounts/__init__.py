"""Tests of the loan account."""
