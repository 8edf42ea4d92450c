"""Penalty or interest that two persons of the bank remit, and remissions taken back; accounts say what was remitted."""
