"""Testimonies (村级证明): what the village says of a household's standing, and of its will and ability to repay."""
