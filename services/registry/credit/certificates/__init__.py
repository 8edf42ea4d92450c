"""Loan certificates: issued, renewed and withdrawn under the rating rule (ZJ-7)."""
