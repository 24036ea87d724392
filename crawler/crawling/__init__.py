"""One crawl: what is fetched, in which process, and what became of it."""
