"""Tells Alembic which connection and schema to work on."""

from alembic import context

from news.tables import metadata

# SQLite cannot alter a table in place: batch mode rebuilds it.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
