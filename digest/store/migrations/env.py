"""Alembic's way in: it runs the migrations on the connection that `upgrade_store` hands over."""

from alembic import context

from digest.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite")
with context.begin_transaction():
    context.run_migrations()
