"""Policies (政策): what lending keeps from other services' facts: packs, reference rates, village quotas."""
