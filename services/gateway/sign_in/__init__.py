"""Prove an account: password or client secret, then access and refresh tokens (OAuth 2, RFC 6749 and 7009)."""
