"""Figures of the subsidy by region."""
