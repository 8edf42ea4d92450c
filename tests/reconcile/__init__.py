"""Tests of the reconciliation: its own formulas, a county that agrees, and every kind of fault planted on purpose."""
