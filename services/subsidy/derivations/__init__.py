"""Derivations (推算依据): how an amount of subsidy comes about, step by step in words that an auditor signs."""
