"""Policies (政策): what lending keeps from other services' events: packs, reference rates, village quotas."""
