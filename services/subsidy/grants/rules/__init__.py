"""How much a county's households may get. Pure."""
