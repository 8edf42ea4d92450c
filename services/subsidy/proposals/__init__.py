"""What one person proposes to take back and another decides: one record for each, whatever it takes back."""
