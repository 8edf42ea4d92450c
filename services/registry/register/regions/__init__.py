"""The administrative tree: official codes, names, levels and parents."""
