"""What a project's next step may be, and what its file shows. Pure."""
