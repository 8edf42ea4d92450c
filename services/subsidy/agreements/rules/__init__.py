"""What an agreement must hold before it binds anyone."""
