"""How Alembic runs a revision: on the connection and in the transaction that `migrate.upgrade` opened."""

from __future__ import annotations

from alembic import context

from ssn_assets.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
