"""What one person proposes about a loan and another decides: its columns, its steps, its lists; the rooms say what."""
