"""Funds (风险补偿金): opening, contributions and the double-entry ledger."""
