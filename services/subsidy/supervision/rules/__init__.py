"""Who may find what, and when. Pure."""
