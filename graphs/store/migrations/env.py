"""Run migrations on the connection that `graphs.store.migrate` hands over."""

from __future__ import annotations

from alembic import context

from graphs.store.tables import metadata

connection = context.config.attributes["connection"]
# SQLite cannot alter most columns in place; batch mode copies the table instead.
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
with context.begin_transaction():
    context.run_migrations()
