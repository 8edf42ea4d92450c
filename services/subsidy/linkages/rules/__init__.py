"""What a lease brings a household, and who is asked first."""
