"""Payees (代领人): who receives the subsidy of a household that died out, for its heirs."""
