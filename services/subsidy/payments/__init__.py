"""Payment runs (发放): instructions to the paying bank and what its return files say."""
