"""The county packs kept from their confirmations."""
