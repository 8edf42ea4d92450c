"""Loans used for another purpose (挪用): found, put right and taken back by two persons; accounts say what it adds."""
