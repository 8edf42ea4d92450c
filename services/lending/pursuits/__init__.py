"""Pursuit of a debtor step by step: call, demand, suit, judgment, enforcement, reports (FJ-12, LG-20b, LG-22)."""
