"""Alembic migrations of the store; run by `news.store.open_store`."""
