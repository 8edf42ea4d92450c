"""Schema versions of the risk fund's database."""
