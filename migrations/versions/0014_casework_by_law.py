"""What the law asks of casework: needs of an interpreter, investigation, secrecy, redaction."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# Who of the party did something goes with the rest of a case that is disposed of; all else stands.
EVENTS_STAND = """
CREATE FUNCTION refuse_rewriting_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('salem24.disposing', true) = 'on' AND NEW.actor_id IS NULL AND
     (NEW.id, NEW.case_id, NEW.at, NEW.kind, NEW.actor_role, NEW.public, NEW.details)
     IS NOT DISTINCT FROM
     (OLD.id, OLD.case_id, OLD.at, OLD.kind, OLD.actor_role, OLD.public, OLD.details) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'case_event is append-only' USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER case_event_append_only ON case_event;
CREATE TRIGGER case_event_append_only BEFORE UPDATE ON case_event
  FOR EACH ROW EXECUTE FUNCTION refuse_rewriting_events();
"""
AS_IT_WAS = """
DROP TRIGGER case_event_append_only ON case_event;
DROP FUNCTION refuse_rewriting_events();
CREATE TRIGGER case_event_append_only BEFORE UPDATE ON case_event
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(EVENTS_STAND)


def downgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(AS_IT_WAS)
