"""From a story to people: digests, how they look, and how they travel."""
