"""Guarantees (担保): what a guarantor owes of a loss, what it paid, and what it gets back of recoveries (DZ-3)."""
