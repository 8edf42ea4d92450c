"""Processes are killed and servers taken away under real work: nothing is lost, nothing doubled, all recover."""
