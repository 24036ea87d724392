"""From a fetched page to news: extraction, topic match, duplicates, stories."""
