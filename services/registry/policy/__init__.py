"""Policy (政策包): the county's rules as data, submitted by one officer and confirmed by another."""
