"""Dishonesty list, blacklist and village quotas."""
