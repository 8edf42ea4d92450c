"""What is done about leases and jobs: entries and services recorded, and taken back by two."""
