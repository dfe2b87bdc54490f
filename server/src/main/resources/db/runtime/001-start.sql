-- One runtime context. Times (…_at, at) are milliseconds since 1970, UTC; yes and no are 1 and 0;
-- ids are the text of the id records; columns that hold JSON say so.

-- Owned by `session` ---------------------------------------------------------------------------

CREATE TABLE project (
  id         TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  path       TEXT NOT NULL UNIQUE,
  git        INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE session (
  id         TEXT PRIMARY KEY,
  project    TEXT NOT NULL REFERENCES project (id),
  title      TEXT NOT NULL,
  isolation  TEXT NOT NULL,
  worktree   TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  closed_at  INTEGER
) STRICT;

CREATE INDEX session_project ON session (project);
CREATE INDEX session_updated ON session (updated_at);

-- `no` is the journal's short name of a lane and never used twice. `epoch`, `seq`, `held` and
-- `held_reason` are kept by the journal once the row is there.
CREATE TABLE lane (
  no          INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT NOT NULL UNIQUE,
  session     TEXT NOT NULL REFERENCES session (id),
  name        TEXT NOT NULL,
  role        TEXT NOT NULL,
  policy      TEXT NOT NULL,
  epoch       TEXT NOT NULL,
  seq         INTEGER NOT NULL DEFAULT 0,
  created_at  INTEGER NOT NULL,
  closed_at   INTEGER,
  agent       TEXT,
  model       TEXT,
  mode        TEXT,
  effort      TEXT,
  held        INTEGER NOT NULL DEFAULT 0,
  held_reason TEXT
) STRICT;

CREATE UNIQUE INDEX lane_session_name ON lane (session, name) WHERE closed_at IS NULL;
CREATE INDEX lane_session ON lane (session);

-- usage: JSON.
CREATE TABLE thread (
  lane           TEXT NOT NULL REFERENCES lane (id) ON DELETE CASCADE,
  agent          TEXT NOT NULL,
  driver         TEXT NOT NULL,
  native_id      TEXT,
  status         TEXT NOT NULL,
  has_thread     INTEGER NOT NULL DEFAULT 0,
  origin         TEXT,
  worktree       TEXT,
  model          TEXT,
  mode           TEXT,
  last_active_at INTEGER,
  usage          TEXT,
  PRIMARY KEY (lane, agent)
) STRICT;

-- Owned by `journal`: nobody else writes here ----------------------------------------------------
-- In these tables `lane` is lane.no, `item` and `ref` are item.no (or ask.no), `turn` is an id.

-- The facts. key = lane << 40 | seq, so that the table is one B-tree in the order it is read.
-- type: see FactType. body: JSON of the fact's fields without growing text; null where the row
-- `ref` refers to has it all.
CREATE TABLE event (
  key    INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  type   INTEGER NOT NULL,
  client TEXT,
  ref    INTEGER,
  body   TEXT,
  lane   INTEGER GENERATED ALWAYS AS (key >> 40) VIRTUAL,
  seq    INTEGER GENERATED ALWAYS AS (key & 1099511627775) VIRTUAL
) STRICT;

-- The current state of each item; `no` counts up in the order in which items began.
-- open: 1 until it is completed. bytes: of its growing text in UTF-8, once completed.
-- long: which growing fields (1 text, 2 output, 4 diff) are in item_chunk, because they are too
-- long for this row. body: JSON without growing text.
CREATE TABLE item (
  no     INTEGER PRIMARY KEY,
  id     TEXT NOT NULL UNIQUE,
  lane   INTEGER NOT NULL,
  open   INTEGER NOT NULL,
  long   INTEGER NOT NULL DEFAULT 0,
  bytes  INTEGER,
  body   TEXT NOT NULL,
  text   TEXT,
  output TEXT,
  diff   TEXT
) STRICT;

CREATE INDEX item_lane ON item (lane);
CREATE INDEX item_open ON item (lane) WHERE open = 1;

-- Growing text of open items as it came, and of completed ones where it is long.
-- key = item << 33 | field << 31 | at (UTF-16 units before this piece).
CREATE TABLE item_chunk (
  key   INTEGER PRIMARY KEY,
  text  TEXT NOT NULL,
  item  INTEGER GENERATED ALWAYS AS (key >> 33) VIRTUAL,
  field INTEGER GENERATED ALWAYS AS (key >> 31 & 3) VIRTUAL,
  at    INTEGER GENERATED ALWAYS AS (key & 2147483647) VIRTUAL
) STRICT;

-- state: 0 queued, 1 running, 2 waiting, 3 completed, 4 failed, 5 interrupted, 6 withdrawn.
-- seq: of its turn.queued, for whoever sends the same prompt again. pos: order in the queue. body: JSON as queued or last changed, without the prompt. prompt: exact,
-- until the turn ended; then it is the text of the user item `item`. error, usage: JSON.
CREATE TABLE turn (
  no         INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  lane       INTEGER NOT NULL,
  client_id  TEXT NOT NULL,
  seq        INTEGER NOT NULL,
  state      INTEGER NOT NULL,
  pos        INTEGER NOT NULL,
  agent      TEXT NOT NULL,
  body       TEXT NOT NULL,
  bytes      INTEGER NOT NULL,
  started_at INTEGER,
  ended_at   INTEGER,
  reason     TEXT,
  error      TEXT,
  usage      TEXT,
  item       INTEGER,
  prompt     TEXT
) STRICT;

CREATE UNIQUE INDEX turn_client ON turn (lane, client_id);
CREATE INDEX turn_lane ON turn (lane);
CREATE INDEX turn_live ON turn (lane, pos) WHERE state < 3;

-- state: 0 open, 1 answered, 2 withdrawn, 3 expired. body: JSON of the ask when it was opened.
-- answer: JSON.
CREATE TABLE ask (
  no         INTEGER PRIMARY KEY,
  id         TEXT NOT NULL UNIQUE,
  lane       INTEGER NOT NULL,
  turn       TEXT NOT NULL,
  state      INTEGER NOT NULL,
  body       TEXT NOT NULL,
  answer     TEXT,
  closed_by  TEXT,
  client_id  TEXT,
  closed_at  INTEGER
) STRICT;

CREATE INDEX ask_lane ON ask (lane);
CREATE INDEX ask_open ON ask (lane) WHERE state = 0;

-- Owned by `http` and `App` ----------------------------------------------------------------------

-- Hashes are hexadecimal.
CREATE TABLE device (
  id           TEXT PRIMARY KEY,
  name         TEXT NOT NULL,
  token_hash   TEXT NOT NULL UNIQUE,
  key_hash     TEXT,
  created_at   INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  expires_at   INTEGER NOT NULL,
  revoked_at   INTEGER
) STRICT;

CREATE TABLE idempotency (
  key         TEXT PRIMARY KEY,
  at          INTEGER NOT NULL,
  method_path TEXT NOT NULL,
  status      INTEGER NOT NULL,
  body        TEXT
) STRICT;

CREATE INDEX idempotency_at ON idempotency (at);

-- path: of the file, relative to the context's uploads folder.
CREATE TABLE upload (
  id         TEXT PRIMARY KEY,
  type       TEXT NOT NULL,
  bytes      INTEGER NOT NULL,
  width      INTEGER,
  height     INTEGER,
  path       TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
  no     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  who    TEXT NOT NULL,
  what   TEXT NOT NULL,
  detail TEXT
) STRICT;

CREATE INDEX audit_at ON audit (at);

-- Owned by `store` -------------------------------------------------------------------------------

-- What the writer tries after the disk was full; always empty otherwise.
CREATE TABLE probe (
  id     INTEGER PRIMARY KEY,
  filler BLOB NOT NULL
) STRICT;
