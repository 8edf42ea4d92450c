"""What docker compose mounts and reads, generated from the same tables as the embedded servers' configuration."""
