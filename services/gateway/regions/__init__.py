"""What became of region codes, and whom that still concerns: officers keep their regions when official codes change."""
