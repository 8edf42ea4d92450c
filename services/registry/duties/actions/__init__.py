"""Writes of duties: opened by the day's job, ordered by the county, done and corrected by officers."""
