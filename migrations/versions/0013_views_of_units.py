"""Views that a unit shares, and indexes that keep the inbox quick however large the archive is."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OPEN = "state NOT IN ('draft', 'closed', 'withdrawn', 'disposed')"
RECEIVED = "state <> 'draft'"
NEWEST = (sa.text("received_at DESC"), sa.text("id DESC"))
UNIT = ("authority_id", "unit_key")
IN_ORDER = {
    "ix_case_authority_id_unmarked": (
        ("authority_id", *NEWEST),
        f"{RECEIVED} AND NOT secrecy AND NOT protected",
    ),
    "ix_case_unit_open": ((*UNIT, *NEWEST), OPEN),
    "ix_case_unit_unassigned": ((*UNIT, *NEWEST), f"handler_id IS NULL AND {OPEN}"),
    "ix_case_unit_due_on": ((*UNIT, "due_on", "id"), f"due_on IS NOT NULL AND {OPEN}"),
    "ix_case_unit_received_at": ((*UNIT, *NEWEST), RECEIVED),
}
HELPS = "removed_at IS NULL"
ENDED = "state IN ('closed', 'withdrawn', 'disposed')"
HANDLERS_FOLLOW = """
CREATE FUNCTION case_handlers_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE case_handler SET ended = NEW.state IN ('closed', 'withdrawn', 'disposed')
   WHERE case_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER case_handlers_follow AFTER UPDATE OF state ON "case" FOR EACH ROW
  WHEN ((OLD.state IN ('closed', 'withdrawn', 'disposed'))
        <> (NEW.state IN ('closed', 'withdrawn', 'disposed')))
  EXECUTE FUNCTION case_handlers_follow();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_case_unit_key_open", "case")
    for name, (columns, where) in IN_ORDER.items():
        op.create_index(name, "case", list(columns), postgresql_where=sa.text(where))
    op.create_index(
        "ix_case_attributes_open",
        "case",
        ["attributes"],
        postgresql_using="gin",
        postgresql_ops={"attributes": "jsonb_path_ops"},
        postgresql_where=sa.text(OPEN),
    )
    op.drop_index("ix_case_registered_by_id", "case")
    op.create_index(
        "ix_case_registered_by_id",
        "case",
        ["registered_by_id", sa.text("changed_at DESC")],
        postgresql_where=sa.text("state = 'draft'"),
    )
    _handlers()
    _views()


def _handlers() -> None:
    op.add_column(
        "case_handler",
        sa.Column("ended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    of_ended = f'SELECT id FROM "case" WHERE {ENDED}'
    op.execute(f"UPDATE case_handler SET ended = true WHERE case_id IN ({of_ended})")
    still = sa.text(f"{HELPS} AND ended IS FALSE")
    op.create_index(
        "ix_case_handler_person_id_open", "case_handler", ["person_id"], postgresql_where=still
    )
    op.drop_index("ix_case_handler_team_id", "case_handler")
    op.create_index("ix_case_handler_team_id", "case_handler", ["team_id"], postgresql_where=still)
    op.execute(HANDLERS_FOLLOW)


def _views() -> None:
    op.add_column("saved_view", sa.Column("unit_key", sa.Text(), nullable=True))
    op.create_index(
        "ix_saved_view_unit_key",
        "saved_view",
        ["unit_key"],
        postgresql_where=sa.text("shared AND unit_key IS NOT NULL"),
    )


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_index("ix_saved_view_unit_key", "saved_view")
    op.drop_column("saved_view", "unit_key")
    op.execute('DROP TRIGGER case_handlers_follow ON "case"')
    op.execute("DROP FUNCTION case_handlers_follow()")
    op.drop_index("ix_case_handler_team_id", "case_handler")
    op.create_index(
        "ix_case_handler_team_id", "case_handler", ["team_id"], postgresql_where=sa.text(HELPS)
    )
    op.drop_index("ix_case_handler_person_id_open", "case_handler")
    op.drop_column("case_handler", "ended")
    op.drop_index("ix_case_registered_by_id", "case")
    op.create_index("ix_case_registered_by_id", "case", ["registered_by_id"])
    for name in ("ix_case_attributes_open", *reversed(IN_ORDER)):
        op.drop_index(name, "case")
    op.create_index(
        "ix_case_unit_key_open", "case", ["unit_key", *NEWEST], postgresql_where=sa.text(OPEN)
    )
