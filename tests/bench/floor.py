"""The floor of a submission: what PostgreSQL alone takes to keep a case, driven by pgbench."""

import re
import resource
import subprocess
from pathlib import Path

import psycopg

from app.runner.postgres import program
from tests.bench.load import Figure
from tests.bench.stage import Stage

CLIENTS = 4
SCHEMA = """
CREATE SCHEMA IF NOT EXISTS bench;
CREATE TABLE IF NOT EXISTS bench.handed_in (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(), number text NOT NULL UNIQUE, state text NOT NULL,
  authority_id integer NOT NULL, headline text NOT NULL, received_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS handed_in_authority
  ON bench.handed_in (authority_id, received_at DESC, id DESC);
CREATE TABLE IF NOT EXISTS bench.answer (
  case_id uuid NOT NULL REFERENCES bench.handed_in, place integer NOT NULL, key text NOT NULL,
  value text NOT NULL, PRIMARY KEY (case_id, place)
);
CREATE TABLE IF NOT EXISTS bench.event (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, case_id uuid NOT NULL REFERENCES bench.handed_in,
  kind text NOT NULL, at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS bench.audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, action text NOT NULL, subject_id uuid NOT NULL,
  at timestamptz NOT NULL DEFAULT now(), hash text NOT NULL
);
"""
SCRIPT = """
\\set authority random(1, 6)
BEGIN;
INSERT INTO bench.handed_in (number, state, authority_id, headline)
  VALUES ('B-' || gen_random_uuid(), 'received', :authority, 'En gatlykta är släckt')
  RETURNING id AS case_id \\gset
INSERT INTO bench.answer SELECT :case_id::uuid, place, 'fraga_' || place,
  'Lampan utanför porten har varit släckt sedan i går.' FROM generate_series(1, 10) AS place;
INSERT INTO bench.event (case_id, kind) VALUES (:case_id::uuid, 'received');
INSERT INTO bench.audit (action, subject_id, hash)
  VALUES ('case-submit', :case_id::uuid, md5(:case_id::text));
COMMIT;
"""
DONE = re.compile(r"number of transactions actually processed: (\d+)")
LATENCY = re.compile(r"latency average = ([\d.]+) ms")


def prepare(stage: Stage) -> None:
    """Make the tables in a schema of their own, where nothing of the product is touched."""
    with psycopg.connect(stage.conninfo, autocommit=True) as connection:
        connection.execute(SCHEMA)


def pgbench(stage: Stage, seconds: float) -> Figure:
    """Keep cases for a while; the processor time is that of PostgreSQL and of its client."""
    script = stage.folder / "submit.sql"
    script.write_text(SCRIPT)
    before, own = stage.database_seconds(), _of_children()
    told = _run(stage, script, max(1, round(seconds)))
    processor = stage.database_seconds() - before + _of_children() - own
    done, latency = DONE.search(told), LATENCY.search(told)
    if done is None or latency is None:
        raise RuntimeError(f"pgbench did not finish: {told}")
    return Figure(
        int(done.group(1)), max(1, round(seconds)), processor, (float(latency.group(1)) / 1000,)
    )


def _run(stage: Stage, script: Path, seconds: int) -> str:
    command = [
        str(program("pgbench")),
        *("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(seconds)),
        *("-f", str(script), "-h", str(stage.database.socket), "-U", "salem24", "salem24"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
