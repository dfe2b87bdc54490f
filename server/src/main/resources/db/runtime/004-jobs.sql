-- Owned by `job`. Work that belongs to no lane.
-- state: queued, running, completed, failed, cancelled. attempt: counts from 1. prompt: exact, for
-- another attempt. folder: where it worked, while that is there. usage, error, notes: JSON.
CREATE TABLE job (
  id         TEXT PRIMARY KEY,
  project    TEXT NOT NULL REFERENCES project (id),
  agent      TEXT NOT NULL,
  model      TEXT,
  mode       TEXT,
  isolation  TEXT NOT NULL,
  title      TEXT NOT NULL,
  prompt     TEXT NOT NULL,
  state      TEXT NOT NULL,
  attempt    INTEGER NOT NULL,
  result     TEXT,
  notes      TEXT,
  usage      TEXT,
  error      TEXT,
  folder     TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at   INTEGER
) STRICT;

CREATE INDEX job_live ON job (id) WHERE state IN ('queued', 'running');
