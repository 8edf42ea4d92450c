"""Policy packs on the desk of who writes them: check, start a new county, publish the schema, compare versions."""
