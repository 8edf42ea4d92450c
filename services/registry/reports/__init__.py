"""The county's register in figures."""
