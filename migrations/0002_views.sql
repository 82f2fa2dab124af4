-- The public views: documented in docs/database.md, stable, meant for people.
-- A number that is missing has its reason in a status column beside it.

CREATE VIEW sweeps AS
SELECT
  s.id AS sweep,
  s.name AS name,
  CASE WHEN s.state = 'active' AND c.open = 0 THEN 'complete' ELSE s.state END AS state,
  s.runs AS runs,
  c.open AS open,
  c.finished AS finished,
  c.diverged AS diverged,
  c.failed AS failed,
  c.cancelled AS cancelled,
  s.cells AS cells,
  strftime('%Y-%m-%dT%H:%M:%SZ', s.submitted_ms / 1000, 'unixepoch') AS submitted_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', c.last_result_ms / 1000, 'unixepoch') AS last_result_at,
  s.submitted_by AS submitted_by,
  s.source_name AS source,
  s.priority AS priority,
  s.reason AS reason,
  s.description AS description,
  s.selection AS selection,
  s.spec_text AS spec
FROM sweep s JOIN sweep_count c ON c.sweep = s.id;

CREATE VIEW runs AS
SELECT
  lower(hex(r.id)) AS run,
  CASE r.state WHEN 0 THEN 'open' WHEN 1 THEN 'finished' WHEN 2 THEN 'diverged' WHEN 3 THEN 'failed'
    ELSE 'cancelled' END AS state,
  json_extract(s.json, '$.model') AS model,
  json_extract(s.json, '$.m') AS m,
  json_extract(s.json, '$.hidden') AS hidden,
  s.state_size AS state_size,
  json_extract(s.json, '$.task') AS task,
  json_extract(r.replica, '$.lr') AS lr,
  json_extract(r.replica, '$.seed') AS seed,
  o.low_accuracy AS accuracy,
  o.low_perplexity AS perplexity,
  o.low_epoch AS epoch,
  CASE WHEN o.run IS NULL THEN 'no result' WHEN o.low_epoch IS NULL THEN 'no evaluation'
    WHEN o.low_accuracy IS NULL OR o.low_perplexity IS NULL THEN 'not a number' ELSE 'ok' END AS status,
  o.best_accuracy AS best_accuracy,
  o.last_accuracy AS last_accuracy,
  o.solved AS solved,
  o.epochs_done AS epochs_done,
  o.steps_done AS steps_done,
  o.train_s AS train_s,
  o.pack_size AS pack_size,
  (SELECT name FROM worker WHERE id = o.worker) AS worker,
  (SELECT text FROM label WHERE id = o.device) AS device,
  (SELECT text FROM label WHERE id = o.build) AS build,
  strftime('%Y-%m-%dT%H:%M:%SZ', o.ended_ms / 1000, 'unixepoch') AS finished_at,
  r.failures AS failures,
  CASE
    WHEN r.state = 4 THEN (SELECT reason FROM cancellation WHERE id = r.cancellation)
    WHEN o.run IS NOT NULL THEN o.message
    ELSE (SELECT a.message FROM attempt a WHERE a.run = r.key AND a.end = 'failed' ORDER BY a.ended_ms DESC, a.id DESC
      LIMIT 1)
  END AS error,
  (SELECT group_concat(sweep, ',') FROM (SELECT DISTINCT c.sweep AS sweep FROM membership m JOIN cell c ON c.id = m.cell
    WHERE m.run = r.key ORDER BY c.sweep)) AS sweeps,
  s.json AS shape,
  r.replica AS replica
FROM run r JOIN shape s ON s.id = r.shape LEFT JOIN result o ON o.run = r.key;

CREATE VIEW cells AS
SELECT
  c.id AS cell,
  c.sweep AS sweep,
  json_extract(c.json, '$.model') AS model,
  json_extract(c.json, '$.m') AS m,
  json_extract(c.json, '$.task') AS task,
  nullif(c.state_size, 0) AS state_size,
  t.open + t.finished + t.diverged + t.failed + t.cancelled AS runs,
  t.open AS open,
  t.finished AS finished,
  t.diverged AS diverged,
  t.failed AS failed,
  t.cancelled AS cancelled,
  t.solved AS solved,
  CASE WHEN t.value IS NOT NULL THEN 'ok' WHEN t.open > 0 THEN 'open' WHEN t.finished + t.diverged > 0 THEN 'diverged'
    ELSE 'failed' END AS status,
  t.value AS value,
  t.mean AS mean,
  t.standard_deviation AS standard_deviation,
  t.minimum AS minimum,
  t.median AS median,
  t.maximum AS maximum,
  t.expected_best_of_5 AS expected_best_of_5,
  (SELECT lower(hex(r.id)) FROM run r WHERE r.key = t.best_run) AS best_run,
  t.best_axes AS best,
  (SELECT p.value FROM published_number p WHERE p.model = c.published_model AND p.task = c.published_task
    AND p.config = c.published_config AND p.m IS c.published_m ORDER BY p.paper_table DESC LIMIT 1) AS published,
  EXISTS (SELECT 1 FROM stale_cell x WHERE x.cell = c.id) AS outdated,
  c.label AS label,
  c.json AS keys
FROM cell c JOIN cell_summary t ON t.cell = c.id;

CREATE VIEW best_of_seeds AS
SELECT
  s.name AS sweep,
  c.model AS model,
  c.m AS m,
  c.task AS task,
  coalesce((SELECT group_concat(e.key || '=' || e.atom, ' ') FROM json_each(c.label) e
    WHERE e.key NOT IN ('model', 'm', 'task')), '') AS setting,
  t.rounded AS value,
  c.published AS published,
  round(t.rounded - c.published, 6) AS difference,
  c.status AS status,
  c.finished + c.diverged AS n,
  c.open AS open,
  c.failed AS failed,
  c.diverged AS diverged,
  c.solved AS solved,
  json_extract(c.best, '$.lr') AS best_lr,
  json_extract(c.best, '$.seed') AS best_seed,
  json_extract(c.best, '$.hidden') AS best_hidden,
  round(c.mean, 4) AS mean,
  round(c.standard_deviation, 4) AS standard_deviation,
  c.state_size AS state_size,
  substr(c.best_run, 1, 10) AS best_run,
  c.cell AS cell,
  s.id AS sweep_id
FROM cells c JOIN sweep s ON s.id = c.sweep JOIN cell_summary t ON t.cell = c.cell
ORDER BY s.id DESC, c.cell;

CREATE VIEW attempts AS
SELECT
  lower(hex(r.id)) AS run,
  a.token_epoch || '.' || a.token_number AS token,
  w.name AS worker,
  a.slot AS slot,
  a.end AS end,
  a.reason AS reason,
  a.message AS message,
  strftime('%Y-%m-%dT%H:%M:%SZ', a.started_ms / 1000, 'unixepoch') AS started_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', a.ended_ms / 1000, 'unixepoch') AS ended_at,
  (a.ended_ms - a.started_ms) / 1000.0 AS seconds,
  a.log_tail AS log_tail
FROM (
  SELECT run, token_epoch, token_number, worker, slot, end, reason, message, started_ms, ended_ms, log_tail FROM attempt
  UNION ALL
  SELECT o.run, o.token_epoch, o.token_number, o.worker, o.slot,
    CASE WHEN (SELECT state FROM run WHERE key = o.run) = 2 THEN 'diverged' ELSE 'finished' END,
    coalesce(o.reason, ''), coalesce(o.message, ''), o.started_ms, o.ended_ms, coalesce(o.log_tail, '') FROM result o
) a JOIN run r ON r.key = a.run JOIN worker w ON w.id = a.worker;

CREATE VIEW workers AS
SELECT
  name AS worker,
  state AS state,
  host AS host,
  json_array_length(slots) AS slots,
  (SELECT group_concat(DISTINCT json_extract(e.value, '$.device_name')) FROM json_each(slots) e) AS devices,
  finished AS finished,
  failed AS failed,
  strftime('%Y-%m-%dT%H:%M:%SZ', first_seen_ms / 1000, 'unixepoch') AS first_seen_at,
  strftime('%Y-%m-%dT%H:%M:%SZ', last_seen_ms / 1000, 'unixepoch') AS last_seen_at,
  build AS build
FROM worker;

CREATE VIEW published AS
SELECT paper_table, model, m, task, config, value, text FROM published_number;

-- Three characters are one number in base 95 (' ' = 0 ... '~' = 94). Accuracies count in 1/800000; losses and
-- perplexity - 1 have four digits and a power of ten.
CREATE VIEW curves AS
SELECT
  run, epoch, step,
  CASE WHEN loss = 857374 THEN NULL WHEN loss = 857373 THEN 9e999 WHEN loss = 0 THEN 0.0
    ELSE CAST(((loss - 1) % 9000 + 1000) || 'e' || ((loss - 1) / 9000 - 46) AS REAL) END AS train_loss,
  CASE WHEN accuracy = 857374 THEN NULL ELSE accuracy / 800000.0 END AS test_accuracy,
  CASE WHEN micro = 857374 THEN NULL ELSE micro / 800000.0 END AS test_micro_accuracy,
  CASE WHEN excess = 857374 THEN NULL WHEN excess = 857373 THEN 9e999 WHEN excess = 0 THEN 1.0
    ELSE 1 + CAST(((excess - 1) % 9000 + 1000) || 'e' || ((excess - 1) / 9000 - 46) AS REAL) END AS test_perplexity,
  CASE WHEN max(loss, accuracy, micro, excess) = 857374 THEN 'not a number'
    WHEN max(loss, excess) = 857373 THEN 'out of range' ELSE 'ok' END AS status
FROM (
  SELECT
    lower(hex(r.id)) AS run,
    c.first_epoch + n.i AS epoch,
    c.first_step + n.i * c.step_stride AS step,
    ((unicode(substr(c.points, 12 * n.i + 1, 1)) - 32) * 95 + unicode(substr(c.points, 12 * n.i + 2, 1)) - 32) * 95
      + unicode(substr(c.points, 12 * n.i + 3, 1)) - 32 AS loss,
    ((unicode(substr(c.points, 12 * n.i + 4, 1)) - 32) * 95 + unicode(substr(c.points, 12 * n.i + 5, 1)) - 32) * 95
      + unicode(substr(c.points, 12 * n.i + 6, 1)) - 32 AS accuracy,
    ((unicode(substr(c.points, 12 * n.i + 7, 1)) - 32) * 95 + unicode(substr(c.points, 12 * n.i + 8, 1)) - 32) * 95
      + unicode(substr(c.points, 12 * n.i + 9, 1)) - 32 AS micro,
    ((unicode(substr(c.points, 12 * n.i + 10, 1)) - 32) * 95 + unicode(substr(c.points, 12 * n.i + 11, 1)) - 32) * 95
      + unicode(substr(c.points, 12 * n.i + 12, 1)) - 32 AS excess
  FROM (
    SELECT run, first_epoch, first_step, step_stride, points FROM curve
    UNION ALL
    SELECT run, first_epoch, first_step, step_stride, points FROM curve_open
  ) c JOIN run r ON r.key = c.run JOIN series n ON n.i < length(c.points) / 12
);
