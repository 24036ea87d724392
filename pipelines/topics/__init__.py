"""One TOML file a topic."""
