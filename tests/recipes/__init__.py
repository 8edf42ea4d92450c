"""CONTRIBUTING's recipes, carried out on a copy of the tree: a recipe that forgets a file fails."""
