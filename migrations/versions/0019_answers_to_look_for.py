"""The answers that a case can be looked for by, each as a row that is read in order."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

NEWEST = (sa.text("received_at DESC"), sa.text("case_id DESC"))
SAID = ("authority_id", "key", "value", *NEWEST)
OPEN = "state NOT IN ('draft', 'closed', 'withdrawn', 'disposed')"
# An answer is a text or a list of texts: in lax mode, `$[*]` takes both.
ROWS = """
SELECT DISTINCT c.id, said.key, one.value #>> '{}', c.authority_id, c.received_at,
       c.state IN ('closed', 'withdrawn', 'disposed')
  FROM %s AS c, jsonb_each(c.attributes) AS said (key, held),
       jsonb_path_query(said.held, '$[*] ? (@.type() == "string")') AS one (value)
 WHERE c.received_at IS NOT NULL AND length(one.value #>> '{}') <= 200
"""
COLUMNS = "case_id, key, value, authority_id, received_at, ended"
FOLLOW = f"""
CREATE FUNCTION case_attributes_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM case_attribute WHERE case_id = NEW.id;
  INSERT INTO case_attribute ({COLUMNS}) {ROWS % "(SELECT NEW.*)"};
  RETURN NULL;
END $$;
CREATE TRIGGER case_attributes_begin AFTER INSERT ON "case" FOR EACH ROW
  WHEN (NEW.received_at IS NOT NULL AND NEW.attributes <> '{{}}')
  EXECUTE FUNCTION case_attributes_follow();
CREATE TRIGGER case_attributes_follow
  AFTER UPDATE OF attributes, authority_id, received_at, state ON "case" FOR EACH ROW
  WHEN ((OLD.attributes, OLD.authority_id, OLD.received_at,
         OLD.state IN ('closed', 'withdrawn', 'disposed'))
        IS DISTINCT FROM
        (NEW.attributes, NEW.authority_id, NEW.received_at,
         NEW.state IN ('closed', 'withdrawn', 'disposed')))
  EXECUTE FUNCTION case_attributes_follow();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "case_attribute",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("authority_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["case.id"], name=op.f("fk_case_attribute_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", "key", "value", name=op.f("pk_case_attribute")),
    )
    # First the trigger, whose lock lets nobody write a case meanwhile; then those there are.
    op.execute(FOLLOW)
    op.execute(f"INSERT INTO case_attribute ({COLUMNS}) " + ROWS % '"case"')
    op.create_index("ix_case_attribute_received_at", "case_attribute", list(SAID))
    op.create_index(
        "ix_case_attribute_open",
        "case_attribute",
        list(SAID),
        postgresql_where=sa.text("ended IS FALSE"),
    )
    op.drop_index("ix_case_attributes_open", "case")
    op.drop_index("ix_case_attributes", "case")


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    for name, where in (("ix_case_attributes", None), ("ix_case_attributes_open", OPEN)):
        op.create_index(
            name,
            "case",
            ["attributes"],
            postgresql_using="gin",
            postgresql_ops={"attributes": "jsonb_path_ops"},
            postgresql_where=sa.text(where) if where else None,
        )
    op.execute('DROP TRIGGER case_attributes_follow ON "case"')
    op.execute('DROP TRIGGER case_attributes_begin ON "case"')
    op.execute("DROP FUNCTION case_attributes_follow()")
    op.drop_table("case_attribute")
