"""Provinces' bases (省级基础): what a province says once for its counties' packs, with its two signatures (SX-9)."""
