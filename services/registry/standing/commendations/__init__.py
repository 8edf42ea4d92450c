"""The trust list: who keeps faith, and what the offices do together for them (守信联合激励, ZJ-8)."""
