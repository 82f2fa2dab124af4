-- Base tables: singular names, for the program. People read the views of 0002_views.sql.
-- Times are milliseconds since 1970-01-01 UTC. A run's state is 0 open (queued or running: leases are not on disk),
-- 1 finished, 2 diverged, 3 failed, 4 cancelled.

-- epoch: rises at every start of a coordinator. change: rises with every transaction.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO meta VALUES ('epoch', 0), ('change', 0);

-- Things that were refused or dropped, by stable name.
CREATE TABLE counter (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sweep (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'cancelled')),
  reason TEXT NOT NULL DEFAULT '',
  priority INTEGER NOT NULL DEFAULT 0,
  source_name TEXT NOT NULL,
  submitted_by TEXT NOT NULL,
  submitted_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL,
  request_id TEXT UNIQUE,
  spec_text TEXT NOT NULL,
  selection TEXT NOT NULL,
  layout TEXT NOT NULL,
  -- The cells of a sweep have consecutive numbers, so a cell names its sweep without being read.
  first_cell INTEGER NOT NULL,
  cells INTEGER NOT NULL,
  runs INTEGER NOT NULL
) STRICT;

-- Kept in step with the runs in the same transactions: the five numbers always add up to sweep.runs.
CREATE TABLE sweep_count (
  sweep INTEGER PRIMARY KEY REFERENCES sweep (id),
  open INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  diverged INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  last_result_ms INTEGER
) STRICT;

-- What runs of one pack share, stored once however many runs have it.
CREATE TABLE shape (
  id INTEGER PRIMARY KEY,
  json TEXT NOT NULL UNIQUE,
  state_size REAL NOT NULL,
  parameters REAL NOT NULL,
  flops REAL NOT NULL,
  memory_bytes REAL NOT NULL
) STRICT;

CREATE TABLE cancellation (
  id INTEGER PRIMARY KEY,
  reason TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE run (
  key INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  shape INTEGER NOT NULL REFERENCES shape (id),
  replica TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 4),
  failures INTEGER NOT NULL DEFAULT 0,
  cancellation INTEGER REFERENCES cancellation (id)
) STRICT;

CREATE TABLE cell (
  id INTEGER PRIMARY KEY,
  sweep INTEGER NOT NULL REFERENCES sweep (id),
  json TEXT NOT NULL,
  label TEXT NOT NULL,
  state_size REAL NOT NULL,
  published_model TEXT,
  published_m INTEGER,
  published_task TEXT,
  published_config TEXT
) STRICT;
CREATE INDEX cell_of_sweep ON cell (sweep);

CREATE TABLE membership (
  cell INTEGER NOT NULL REFERENCES cell (id),
  run INTEGER NOT NULL REFERENCES run (key),
  PRIMARY KEY (cell, run)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_of_run ON membership (run);

CREATE TABLE worker (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  instance TEXT NOT NULL,
  host TEXT NOT NULL,
  build TEXT NOT NULL,
  slots TEXT NOT NULL,
  state TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  last_seen_ms INTEGER NOT NULL,
  finished INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Texts that many results share: devices and builds.
CREATE TABLE label (
  id INTEGER PRIMARY KEY,
  text TEXT NOT NULL UNIQUE
) STRICT;

-- The accepted attempt of a finished or diverged run. Three of its evaluations stand here in full; an evaluation
-- exists where its epoch is not NULL, and a number of it that is NULL then was not a number.
CREATE TABLE result (
  run INTEGER PRIMARY KEY REFERENCES run (key),
  token_epoch INTEGER NOT NULL,
  token_number INTEGER NOT NULL,
  worker INTEGER NOT NULL REFERENCES worker (id),
  slot INTEGER NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  solved INTEGER NOT NULL CHECK (solved IN (0, 1)),
  epochs_done INTEGER NOT NULL,
  steps_done INTEGER NOT NULL,
  train_s REAL,
  pack_size INTEGER NOT NULL,
  device INTEGER NOT NULL REFERENCES label (id),
  build INTEGER NOT NULL REFERENCES label (id),
  reason TEXT,
  message TEXT,
  log_tail TEXT,
  low_epoch INTEGER, low_step INTEGER, low_loss REAL, low_accuracy REAL, low_micro REAL, low_perplexity REAL,
  best_epoch INTEGER, best_step INTEGER, best_loss REAL, best_accuracy REAL, best_micro REAL, best_perplexity REAL,
  last_epoch INTEGER, last_step INTEGER, last_loss REAL, last_accuracy REAL, last_micro REAL, last_perplexity REAL
) STRICT;

-- Attempts that gave no result: failed, released, revoked, lost; and results that a retry has set aside.
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (key),
  token_epoch INTEGER NOT NULL,
  token_number INTEGER NOT NULL,
  worker INTEGER NOT NULL REFERENCES worker (id),
  slot INTEGER NOT NULL,
  end TEXT NOT NULL CHECK (end IN ('finished', 'diverged', 'failed', 'released', 'revoked', 'lost')),
  reason TEXT NOT NULL,
  message TEXT NOT NULL,
  log_tail TEXT NOT NULL,
  started_ms INTEGER NOT NULL,
  ended_ms INTEGER NOT NULL,
  UNIQUE (run, token_epoch, token_number)
) STRICT;

-- Learning curves, packed: up to 64 consecutive evaluations a row, 12 characters each (docs/database.md, "Packed
-- curves"). Evaluation i of a row is of epoch first_epoch + i and step first_step + i * step_stride.
-- `curve` holds runs with a result and is only appended to, so that its pages are full; `curve_open` grows in place.
CREATE TABLE curve (
  key INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES run (key),
  first_epoch INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  step_stride INTEGER NOT NULL,
  points TEXT NOT NULL
) STRICT;
CREATE INDEX curve_of_run ON curve (run);
CREATE TABLE curve_open (
  run INTEGER NOT NULL REFERENCES run (key),
  first_epoch INTEGER NOT NULL,
  first_step INTEGER NOT NULL,
  step_stride INTEGER NOT NULL,
  points TEXT NOT NULL,
  PRIMARY KEY (run, first_epoch)
) STRICT, WITHOUT ROWID;

-- 0 to 63: what the view `curves` counts the evaluations of a row with.
CREATE TABLE series (i INTEGER PRIMARY KEY) STRICT;
INSERT INTO series WITH RECURSIVE count (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM count WHERE i < 63)
  SELECT i FROM count;

-- What a table shows of a cell, recomputed from the cell's runs whenever it is marked in stale_cell.
CREATE TABLE cell_summary (
  cell INTEGER PRIMARY KEY REFERENCES cell (id),
  open INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  diverged INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  cancelled INTEGER NOT NULL,
  solved INTEGER NOT NULL,
  value REAL,
  rounded REAL,
  mean REAL,
  standard_deviation REAL,
  minimum REAL,
  median REAL,
  maximum REAL,
  expected_best_of_5 REAL,
  best_run INTEGER REFERENCES run (key),
  best_axes TEXT,
  by_state TEXT
) STRICT;
CREATE TABLE stale_cell (cell INTEGER PRIMARY KEY REFERENCES cell (id)) STRICT;

-- The paper's numbers. `value` is NULL where `text` is a formula.
CREATE TABLE published_number (
  id INTEGER PRIMARY KEY,
  paper_table INTEGER NOT NULL,
  model TEXT NOT NULL,
  m INTEGER,
  task TEXT NOT NULL,
  config TEXT NOT NULL,
  text TEXT NOT NULL,
  value REAL
) STRICT;
CREATE INDEX published_number_key ON published_number (model, task, config, m, paper_table);
