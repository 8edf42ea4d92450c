"""Dividends (分红): what a year of an agreement brings each household, and what of it the entity has paid."""
