"""County policy packs (政策包) as they were confirmed."""
