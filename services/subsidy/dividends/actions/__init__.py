"""What is done with dividends: prepared, reviewed, approved, paid; security drawn on."""
