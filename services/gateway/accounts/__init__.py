"""People and API clients: sign-in, tokens, grants."""
