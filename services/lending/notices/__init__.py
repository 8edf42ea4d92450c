"""What a public notice says, where it hangs, and what was said against it."""
