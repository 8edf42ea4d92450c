"""The steps of misuses, of their ends and of those taken back."""
