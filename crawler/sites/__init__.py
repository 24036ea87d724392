"""One TOML file a paper: data, no code."""
