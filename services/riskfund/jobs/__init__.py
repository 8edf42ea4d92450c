"""Jobs that run for a business date."""
