"""One TOML file a CMS family: what its papers share."""
