"""Pursuit of a debtor step by step: demand, suit, judgment, enforcement, reports to credit systems (FJ-12, LG-22)."""
