"""What Alembic runs to begin: the connection, and with it the transaction, is the caller's."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], target_metadata=None, transactional_ddl=False)
context.run_migrations()
