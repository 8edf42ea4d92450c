"""The yearly choice of credit demonstration villages and households."""
