"""Policy packs: a county's rules as data, submitted by one officer and confirmed by another."""
