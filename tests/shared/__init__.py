"""Rules that every service uses."""
