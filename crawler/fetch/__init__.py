"""How pages are fetched: whom we may ask, through which door, and what came back."""
