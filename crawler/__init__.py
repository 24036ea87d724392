"""When and where to look; the program itself."""
