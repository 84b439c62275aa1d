"""What Alembic runs to reach the database: takes the open connection from the configuration that `bot.store` made."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from bot.store.columns import SafeText
from bot.store.tables import metadata


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """Write our text type as plain text into new migrations, which must not depend on today's code."""
    return "sa.Text()" if kind == "type" and isinstance(item, SafeText) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite alters little in place: there, batch operations rebuild the table.
    render_as_batch=True,
    render_item=_render,
    # SQLite can roll back schema changes too, since the transaction is begun by us and not by its driver.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
