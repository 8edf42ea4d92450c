"""What a year brings and how it is split."""
