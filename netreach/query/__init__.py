"""Questions asked of a compiled network."""
