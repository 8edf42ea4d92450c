"""Lenders (贷款机构): which banks lend, of which kind, and which of their branches is nearest to a village (SX-2)."""
