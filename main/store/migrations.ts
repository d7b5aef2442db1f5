/**
 * The schema, one entry a version, in order. An entry that has been released is never edited: a change is a new one.
 * Times are milliseconds since 1970 as DOUBLE, exact for any date we meet.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE boards (
    id VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, kind VARCHAR NOT NULL, simulated BOOLEAN NOT NULL,
    profile VARCHAR NOT NULL, first_seen_ms DOUBLE NOT NULL, last_seen_ms DOUBLE NOT NULL
  );
  CREATE TABLE telemetry (
    board_id VARCHAR NOT NULL, boot_id UINTEGER NOT NULL, sequence UINTEGER NOT NULL, received_ms DOUBLE NOT NULL,
    uptime_ms UINTEGER NOT NULL, inference_id UINTEGER NOT NULL, expert VARCHAR NOT NULL, class_index SMALLINT NOT NULL,
    top_probability FLOAT NOT NULL, entropy FLOAT NOT NULL,
    features_us UINTEGER NOT NULL, encoder_us UINTEGER NOT NULL, router_us UINTEGER NOT NULL, expert_us UINTEGER NOT NULL,
    latency_source VARCHAR NOT NULL, energy_nanojoule UINTEGER NOT NULL, energy_source VARCHAR NOT NULL,
    supply_millivolts USMALLINT, temperature_c FLOAT, stack_bytes UINTEGER
  );
  CREATE TABLE deployments (
    at_ms DOUBLE NOT NULL, board_id VARCHAR NOT NULL, slot INTEGER NOT NULL, expert VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL, bytes UINTEGER NOT NULL, upload_ms DOUBLE NOT NULL, activated BOOLEAN NOT NULL
  );
  CREATE TABLE jobs (id VARCHAR PRIMARY KEY, record JSON NOT NULL, checkpoint JSON);
  CREATE TABLE classified_files (
    job_id VARCHAR NOT NULL, path VARCHAR NOT NULL, seconds DOUBLE NOT NULL, sample_rate UINTEGER NOT NULL,
    channels UINTEGER NOT NULL, windows UINTEGER NOT NULL, class_index SMALLINT NOT NULL, label VARCHAR NOT NULL,
    probability FLOAT NOT NULL
  );
  CREATE TABLE detections (
    job_id VARCHAR NOT NULL, path VARCHAR NOT NULL, start_s DOUBLE NOT NULL, end_s DOUBLE NOT NULL,
    label VARCHAR NOT NULL, confidence FLOAT NOT NULL
  );
  `,
  `
  ALTER TABLE telemetry ADD COLUMN curiosity FLOAT DEFAULT 0;
  ALTER TABLE telemetry ADD COLUMN place UTINYINT DEFAULT 0;
  `,
  // What a board names by the hash of all its bytes, and the image among them.
  'CREATE TABLE signed_images (sha256 VARCHAR PRIMARY KEY, image_sha256 VARCHAR NOT NULL)',
  // An uptime may pass 2^32 milliseconds; records from before were dated by when they were received.
  `
  ALTER TABLE telemetry ALTER uptime_ms SET DATA TYPE DOUBLE;
  ALTER TABLE telemetry ADD COLUMN at_ms DOUBLE;
  ALTER TABLE telemetry ADD COLUMN error_ms DOUBLE;
  UPDATE telemetry SET at_ms = received_ms;
  `,
  // Where a board is reached; kept: true while it is attached, false once it was let go, NULL where nobody noted it.
  `
  ALTER TABLE boards ADD COLUMN port_id VARCHAR;
  ALTER TABLE boards ADD COLUMN port_kind VARCHAR;
  ALTER TABLE boards ADD COLUMN baud_rate UINTEGER;
  ALTER TABLE boards ADD COLUMN usb VARCHAR;
  ALTER TABLE boards ADD COLUMN kept BOOLEAN;
  `,
  // A damaged recording that was classified bears its damage; it stood among those that were not classified.
  `
  ALTER TABLE classified_files ADD COLUMN damage VARCHAR;
  CREATE TEMP TABLE told AS
    SELECT id, one, one->>'path' AS path, one->>'message' AS message, finished
    FROM (
      SELECT id, true AS finished, unnest(json_extract(record, '$.job.result.failed[*]')) AS one FROM jobs
      UNION ALL
      SELECT id, false AS finished, unnest(json_extract(checkpoint, '$.failed[*]')) AS one FROM jobs
    );
  UPDATE classified_files SET damage = told.message FROM told WHERE told.id = job_id AND told.path = classified_files.path;
  UPDATE jobs SET record = json_merge_patch(record, json_object('job', json_object('result', json_object('failed', left_over.list))))
    FROM (
      SELECT id, to_json(coalesce(list(one) FILTER (WHERE f.path IS NULL), [])) AS list
      FROM told LEFT JOIN classified_files f ON f.job_id = id AND f.path = told.path
      WHERE finished GROUP BY id
    ) left_over
    WHERE left_over.id = jobs.id;
  UPDATE jobs SET checkpoint = json_merge_patch(checkpoint, json_object('failed', left_over.list))
    FROM (
      SELECT id, to_json(coalesce(list(one) FILTER (WHERE f.path IS NULL), [])) AS list
      FROM told LEFT JOIN classified_files f ON f.job_id = id AND f.path = told.path
      WHERE NOT finished GROUP BY id
    ) left_over
    WHERE left_over.id = jobs.id;
  DROP TABLE told;
  `,
  // Whose signature it asked for when it was last met.
  'ALTER TABLE boards ADD COLUMN key_id VARCHAR',
  // Of the bytes of a deployment those that were sent; NULL where a lab from before kept no account of them.
  'ALTER TABLE deployments ADD COLUMN sent UINTEGER',
  // What an image is called and what its classes are, kept for what it recorded when no bank has it any more.
  `CREATE TABLE images (
    sha256 VARCHAR PRIMARY KEY, kind VARCHAR NOT NULL, name VARCHAR NOT NULL, version UINTEGER NOT NULL,
    labels JSON, top_k UTINYINT
  )`,
  // What boards answered leaves the records of jobs, which every page holds; which expert it was, nobody noted then.
  `
  CREATE TABLE plays (
    id VARCHAR PRIMARY KEY, job_id VARCHAR NOT NULL, board_id VARCHAR NOT NULL, board_name VARCHAR NOT NULL, bank JSON,
    runs VARCHAR, clip VARCHAR, path VARCHAR, file_bytes DOUBLE, file_modified_ms DOUBLE, start_s DOUBLE NOT NULL,
    duration_s DOUBLE, started_ms DOUBLE NOT NULL, ended_ms DOUBLE, windows UINTEGER NOT NULL, error JSON
  );
  CREATE TABLE play_windows (play_id VARCHAR NOT NULL, start_s DOUBLE NOT NULL, result JSON NOT NULL);
  CREATE TEMP TABLE before AS
    SELECT id, record->'$.job.result.windows' AS windows, record->>'$.job.result.boardId' AS board_id,
      regexp_extract(record->>'$.job.title', pattern, 1) AS what,
      regexp_extract(record->>'$.job.title', pattern, 2) AS board_name, record->>'$.job.title' NOT LIKE 'Play /%' AS bundled,
      (record->>'$.job.createdMs')::DOUBLE AS started_ms, (record->>'$.job.finishedMs')::DOUBLE AS ended_ms
    FROM (
      SELECT *, CASE WHEN record->>'$.job.title' LIKE 'Play /%' THEN '^Play (.*) at (.*?)$' ELSE '^Play (.*?) at (.*)$' END
        AS pattern FROM jobs
    ) WHERE record->>'$.job.result.kind' = 'play';
  INSERT INTO plays
    SELECT id || '/1', id, board_id, board_name, NULL, NULL, CASE WHEN bundled THEN what END,
      CASE WHEN NOT bundled THEN what END, NULL, NULL, 0, NULL, started_ms, ended_ms, json_array_length(windows), NULL
    FROM before;
  INSERT INTO play_windows
    SELECT play_id, (one->>'$.startS')::DOUBLE,
      json_merge_patch(one, json_object('place', 0, 'gate', json_array(), 'curiosity', 0))
    FROM (SELECT id || '/1' AS play_id, unnest(json_extract(windows, '$[*]')) AS one FROM before);
  UPDATE jobs SET record = json_merge_patch(record, json_object('job', json_object('result',
      json_object('recordings', 1, 'windows', json_array_length(before.windows), 'failed', json_array()))))
    FROM before WHERE before.id = jobs.id;
  DROP TABLE before;
  `,
  // What befell boards; up to which record of a start a board's records were deleted; what it told when it was last met.
  `
  CREATE TABLE board_log (
    number UINTEGER NOT NULL, board_id VARCHAR NOT NULL, at_ms DOUBLE NOT NULL, count UINTEGER NOT NULL,
    kind VARCHAR NOT NULL, level VARCHAR NOT NULL, text VARCHAR NOT NULL, asked_by VARCHAR
  );
  INSERT INTO board_log
    SELECT row_number() OVER (ORDER BY at_ms), board_id, at_ms, 1, 'deployed', 'info',
      expert || CASE WHEN activated THEN ' was deployed and activated.' ELSE ' was deployed.' END, NULL
    FROM deployments;
  CREATE TABLE deleted_telemetry (
    board_id VARCHAR NOT NULL, boot_id UINTEGER NOT NULL, sequence UINTEGER NOT NULL, PRIMARY KEY (board_id, boot_id)
  );
  ALTER TABLE boards ADD COLUMN known JSON;
  UPDATE boards SET kept = false, port_id = coalesce(port_id, ''), port_kind = coalesce(port_kind, 'path') WHERE kept IS NULL;
  `,
  // Every file that a classification listed has a number and a state, whatever became of it; detections have their own.
  `
  ALTER TABLE classified_files RENAME TO files_before;
  ALTER TABLE detections RENAME TO detections_before;
  CREATE TABLE classified_files (
    job_id VARCHAR NOT NULL, file_id UINTEGER NOT NULL, path VARCHAR NOT NULL, state VARCHAR NOT NULL, bytes DOUBLE NOT NULL,
    modified_ms DOUBLE NOT NULL, sha256 VARCHAR, format VARCHAR NOT NULL, seconds DOUBLE NOT NULL,
    sample_rate UINTEGER NOT NULL, channels UINTEGER NOT NULL, windows UINTEGER NOT NULL, class_index SMALLINT,
    label VARCHAR, probability FLOAT, notes JSON NOT NULL, start_ms DOUBLE, offset_minutes SMALLINT, time_source VARCHAR,
    latitude DOUBLE, longitude DOUBLE, site VARCHAR, recorder JSON, experts JSON, read_ms DOUBLE NOT NULL,
    model_ms DOUBLE NOT NULL, copy_of VARCHAR, error JSON
  );
  CREATE TABLE detections (
    job_id VARCHAR NOT NULL, file_id UINTEGER NOT NULL, number UINTEGER NOT NULL, channel UTINYINT, start_s DOUBLE NOT NULL,
    end_s DOUBLE NOT NULL, at_ms DOUBLE, class_index SMALLINT NOT NULL, label VARCHAR NOT NULL, confidence FLOAT NOT NULL,
    peak FLOAT NOT NULL, peak_s DOUBLE NOT NULL, windows UINTEGER NOT NULL, calls UINTEGER NOT NULL,
    expert VARCHAR NOT NULL, curiosity FLOAT NOT NULL, entropy FLOAT NOT NULL
  );
  CREATE TABLE kept_windows (
    job_id VARCHAR NOT NULL, file_id UINTEGER NOT NULL, channel UTINYINT, window_index UINTEGER NOT NULL,
    class_index SMALLINT NOT NULL, probability FLOAT NOT NULL, place UTINYINT NOT NULL, curiosity FLOAT NOT NULL,
    entropy FLOAT NOT NULL
  );
  CREATE TABLE classify_parts (
    job_id VARCHAR NOT NULL, file_id UINTEGER NOT NULL, span UINTEGER NOT NULL, answers BLOB NOT NULL
  );
  CREATE TABLE classify_runs (job_id VARCHAR NOT NULL, provenance JSON NOT NULL);
  INSERT INTO classified_files
    SELECT job_id, row_number() OVER (PARTITION BY job_id ORDER BY rowid) - 1, path, 'classified', 0, 0, NULL, '', seconds,
      sample_rate, channels, windows, class_index, label, probability,
      CASE WHEN damage IS NULL THEN json_array()
        ELSE json_array(json_object('code', 'damaged', 'level', 'damaged', 'text', damage)) END,
      NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, NULL, NULL
    FROM files_before;
  CREATE TEMP TABLE failed_before AS
    SELECT id, unnest(json_extract(coalesce(record->'$.job.result.failed', checkpoint->'$.failed'), '$[*]')) AS one
    FROM jobs WHERE record->>'$.job.kind' = 'classify';
  INSERT INTO classified_files
    SELECT id, coalesce((SELECT count(*) FROM files_before WHERE job_id = id), 0)
        + row_number() OVER (PARTITION BY id ORDER BY one->>'$.path') - 1,
      one->>'$.path', 'failed', 0, 0, NULL, '', 0, 0, 0, 0, NULL, NULL, NULL, json_array(), NULL, NULL, NULL, NULL, NULL,
      NULL, NULL, NULL, 0, 0, NULL, json_object('code', one->'$.code', 'message', one->'$.message')
    FROM failed_before;
  INSERT INTO detections
    SELECT d.job_id, f.file_id, row_number() OVER (PARTITION BY d.job_id, f.file_id ORDER BY start_s) - 1, NULL, start_s, end_s,
      NULL, 0, d.label, confidence, confidence, start_s, round((end_s - start_s - 0.975) / 0.48) + 1, 1,
      coalesce(record->>'$.params.expertId', ''), 0, 0
    FROM detections_before d JOIN classified_files f USING (job_id, path) LEFT JOIN jobs ON id = d.job_id;
  UPDATE jobs SET
    record = json_merge_patch(
      -- A patch cannot set what is null: where there is no result, nothing is said of it.
      CASE WHEN json_type(record, '$.job.result') <> 'OBJECT' THEN record
        ELSE json_merge_patch(record, json_object('job', json_object('result', json_object(
          'failed', json_array_length(record, '$.job.result.failed'), 'copies', 0, 'leftOut', 0,
          'detections', (SELECT count(*) FROM detections_before WHERE job_id = id))))) END,
      json_object('params',
        json_object('expertId', NULL, 'modelId', record->'$.params.expertId', 'settings', json('{}')))),
    checkpoint = CASE WHEN checkpoint IS NULL THEN NULL
      ELSE json_object('wallSeconds', coalesce(checkpoint->'$.wallSeconds', json('0')), 'listed', false) END
    WHERE record->>'$.job.kind' = 'classify';
  DROP TABLE failed_before;
  DROP TABLE files_before;
  DROP TABLE detections_before;
  `,
  // Samples of runs, drawn for review, and what was decided of them; a decision that was taken back stays.
  `
  CREATE TABLE review_sets (
    id VARCHAR NOT NULL, job_id VARCHAR NOT NULL, created_ms DOUBLE NOT NULL, seed UINTEGER NOT NULL, size UINTEGER NOT NULL,
    strata JSON NOT NULL
  );
  CREATE TABLE review_items (
    set_id VARCHAR NOT NULL, number UINTEGER NOT NULL, stratum UINTEGER NOT NULL, file_id UINTEGER NOT NULL,
    detection UINTEGER NOT NULL
  );
  CREATE TABLE review_decisions (
    place UINTEGER NOT NULL, set_id VARCHAR NOT NULL, number UINTEGER NOT NULL, job_id VARCHAR NOT NULL,
    file_id UINTEGER NOT NULL, detection UINTEGER NOT NULL, reviewer VARCHAR NOT NULL, verdict VARCHAR NOT NULL,
    label VARCHAR, at_ms DOUBLE NOT NULL, undone_ms DOUBLE
  );
  `,
  // From which peak probability on a review leaves detections of a class; NULL: it leaves none.
  `
  CREATE TABLE review_thresholds (
    job_id VARCHAR NOT NULL, set_id VARCHAR NOT NULL, at_ms DOUBLE NOT NULL, precision DOUBLE NOT NULL, rule VARCHAR NOT NULL,
    label VARCHAR NOT NULL, least DOUBLE
  );
  `,
  // What a person said of boards, and of groups of them; a board's own wishes go before its group's.
  `
  CREATE TABLE board_details (board_id VARCHAR PRIMARY KEY, details JSON NOT NULL);
  CREATE TABLE board_groups (id VARCHAR PRIMARY KEY, details JSON NOT NULL);
  `,
  // Which append brought a record, and up to which of them records are rolled up by minute and by hour.
  `
  ALTER TABLE telemetry ADD COLUMN batch UINTEGER DEFAULT 1;
  CREATE TABLE telemetry_minutes (
    board_id VARCHAR NOT NULL, at_ms DOUBLE NOT NULL, latency_source VARCHAR NOT NULL, energy_source VARCHAR NOT NULL,
    records UBIGINT NOT NULL,
    latency_us_count UBIGINT NOT NULL, latency_us_sum DOUBLE, latency_us_min DOUBLE, latency_us_max DOUBLE,
    energy_nj_count UBIGINT NOT NULL, energy_nj_sum DOUBLE, energy_nj_min DOUBLE, energy_nj_max DOUBLE,
    top_probability_count UBIGINT NOT NULL, top_probability_sum DOUBLE, top_probability_min DOUBLE, top_probability_max DOUBLE,
    entropy_count UBIGINT NOT NULL, entropy_sum DOUBLE, entropy_min DOUBLE, entropy_max DOUBLE,
    curiosity_count UBIGINT NOT NULL, curiosity_sum DOUBLE, curiosity_min DOUBLE, curiosity_max DOUBLE,
    supply_mv_count UBIGINT NOT NULL, supply_mv_sum DOUBLE, supply_mv_min DOUBLE, supply_mv_max DOUBLE,
    temperature_c_count UBIGINT NOT NULL, temperature_c_sum DOUBLE, temperature_c_min DOUBLE, temperature_c_max DOUBLE
  );
  CREATE TABLE telemetry_hours (
    board_id VARCHAR NOT NULL, at_ms DOUBLE NOT NULL, latency_source VARCHAR NOT NULL, energy_source VARCHAR NOT NULL,
    records UBIGINT NOT NULL,
    latency_us_count UBIGINT NOT NULL, latency_us_sum DOUBLE, latency_us_min DOUBLE, latency_us_max DOUBLE,
    energy_nj_count UBIGINT NOT NULL, energy_nj_sum DOUBLE, energy_nj_min DOUBLE, energy_nj_max DOUBLE,
    top_probability_count UBIGINT NOT NULL, top_probability_sum DOUBLE, top_probability_min DOUBLE, top_probability_max DOUBLE,
    entropy_count UBIGINT NOT NULL, entropy_sum DOUBLE, entropy_min DOUBLE, entropy_max DOUBLE,
    curiosity_count UBIGINT NOT NULL, curiosity_sum DOUBLE, curiosity_min DOUBLE, curiosity_max DOUBLE,
    supply_mv_count UBIGINT NOT NULL, supply_mv_sum DOUBLE, supply_mv_min DOUBLE, supply_mv_max DOUBLE,
    temperature_c_count UBIGINT NOT NULL, temperature_c_sum DOUBLE, temperature_c_min DOUBLE, temperature_c_max DOUBLE
  );
  CREATE TABLE telemetry_bins (
    board_id VARCHAR NOT NULL, at_ms DOUBLE NOT NULL, expert VARCHAR NOT NULL, distribution VARCHAR NOT NULL,
    bin INTEGER NOT NULL, records UBIGINT NOT NULL
  );
  CREATE TABLE telemetry_rolled (batch UINTEGER NOT NULL);
  CREATE TABLE telemetry_retention (record_days UINTEGER, minute_days UINTEGER);
  `,
  // What boards hear and by what clock; NULL of boards and labs from before.
  `
  ALTER TABLE telemetry ADD COLUMN level_db DOUBLE;
  ALTER TABLE telemetry ADD COLUMN noise_floor_db DOUBLE;
  ALTER TABLE telemetry ADD COLUMN clipped_share DOUBLE;
  ALTER TABLE telemetry ADD COLUMN start_cause VARCHAR;
  ALTER TABLE telemetry ADD COLUMN free_flash_bytes UINTEGER;
  ALTER TABLE telemetry ADD COLUMN wall_ms DOUBLE;
  `,
  // Whether boards' clocks are set; without a row they are.
  'CREATE TABLE clock_setting (sets_clocks BOOLEAN NOT NULL)',
  // Visits to boards: the sheet of each, as it was made.
  'CREATE TABLE visits (id VARCHAR NOT NULL, board_id VARCHAR NOT NULL, started_ms DOUBLE NOT NULL, sheet JSON NOT NULL)',
  // Roll-outs in stages, their boards in the order of these, who did what with them, and what images are probed with.
  `
  CREATE TABLE rollouts (id VARCHAR PRIMARY KEY, created_ms DOUBLE NOT NULL, record JSON NOT NULL);
  CREATE TABLE rollout_boards (
    rollout_id VARCHAR NOT NULL, place UINTEGER NOT NULL, board JSON NOT NULL, PRIMARY KEY (rollout_id, place)
  );
  CREATE TABLE rollout_log (
    rollout_id VARCHAR NOT NULL, number UINTEGER NOT NULL, at_ms DOUBLE NOT NULL, text VARCHAR NOT NULL, asked_by VARCHAR
  );
  CREATE TABLE probe_sets (sha256 VARCHAR PRIMARY KEY, windows JSON NOT NULL);
  `,
  // What boards hear, by minute and by hour; of records that are rolled up already it is one more row to be added up.
  `
  ALTER TABLE telemetry_minutes ADD COLUMN level_db_count UBIGINT DEFAULT 0;
  ALTER TABLE telemetry_minutes ADD COLUMN level_db_sum DOUBLE;
  ALTER TABLE telemetry_minutes ADD COLUMN level_db_min DOUBLE;
  ALTER TABLE telemetry_minutes ADD COLUMN level_db_max DOUBLE;
  ALTER TABLE telemetry_minutes ADD COLUMN noise_floor_db_count UBIGINT DEFAULT 0;
  ALTER TABLE telemetry_minutes ADD COLUMN noise_floor_db_sum DOUBLE;
  ALTER TABLE telemetry_minutes ADD COLUMN noise_floor_db_min DOUBLE;
  ALTER TABLE telemetry_minutes ADD COLUMN noise_floor_db_max DOUBLE;
  ALTER TABLE telemetry_minutes ADD COLUMN clipped_share_count UBIGINT DEFAULT 0;
  ALTER TABLE telemetry_minutes ADD COLUMN clipped_share_sum DOUBLE;
  ALTER TABLE telemetry_minutes ADD COLUMN clipped_share_min DOUBLE;
  ALTER TABLE telemetry_minutes ADD COLUMN clipped_share_max DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN level_db_count UBIGINT DEFAULT 0;
  ALTER TABLE telemetry_hours ADD COLUMN level_db_sum DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN level_db_min DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN level_db_max DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN noise_floor_db_count UBIGINT DEFAULT 0;
  ALTER TABLE telemetry_hours ADD COLUMN noise_floor_db_sum DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN noise_floor_db_min DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN noise_floor_db_max DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN clipped_share_count UBIGINT DEFAULT 0;
  ALTER TABLE telemetry_hours ADD COLUMN clipped_share_sum DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN clipped_share_min DOUBLE;
  ALTER TABLE telemetry_hours ADD COLUMN clipped_share_max DOUBLE;
  INSERT INTO telemetry_minutes BY NAME
    SELECT board_id, floor(at_ms / 60000) * 60000 AS at_ms, latency_source, energy_source, 0 AS records,
      0 AS latency_us_count, 0 AS energy_nj_count, 0 AS top_probability_count, 0 AS entropy_count,
      0 AS curiosity_count, 0 AS supply_mv_count, 0 AS temperature_c_count,
      count(level_db) AS level_db_count, sum(level_db) AS level_db_sum, min(level_db) AS level_db_min, max(level_db) AS level_db_max,
      count(noise_floor_db) AS noise_floor_db_count, sum(noise_floor_db) AS noise_floor_db_sum, min(noise_floor_db) AS noise_floor_db_min, max(noise_floor_db) AS noise_floor_db_max,
      count(clipped_share) AS clipped_share_count, sum(clipped_share) AS clipped_share_sum, min(clipped_share) AS clipped_share_min, max(clipped_share) AS clipped_share_max
    FROM telemetry WHERE batch <= (SELECT coalesce(max(batch), 0) FROM telemetry_rolled)
      AND coalesce(level_db, noise_floor_db, clipped_share) IS NOT NULL
    GROUP BY ALL;
  INSERT INTO telemetry_hours BY NAME
    SELECT board_id, floor(at_ms / 3600000) * 3600000 AS at_ms, latency_source, energy_source, 0 AS records,
      0 AS latency_us_count, 0 AS energy_nj_count, 0 AS top_probability_count, 0 AS entropy_count,
      0 AS curiosity_count, 0 AS supply_mv_count, 0 AS temperature_c_count,
      count(level_db) AS level_db_count, sum(level_db) AS level_db_sum, min(level_db) AS level_db_min, max(level_db) AS level_db_max,
      count(noise_floor_db) AS noise_floor_db_count, sum(noise_floor_db) AS noise_floor_db_sum, min(noise_floor_db) AS noise_floor_db_min, max(noise_floor_db) AS noise_floor_db_max,
      count(clipped_share) AS clipped_share_count, sum(clipped_share) AS clipped_share_sum, min(clipped_share) AS clipped_share_min, max(clipped_share) AS clipped_share_max
    FROM telemetry WHERE batch <= (SELECT coalesce(max(batch), 0) FROM telemetry_rolled)
      AND coalesce(level_db, noise_floor_db, clipped_share) IS NOT NULL
    GROUP BY ALL;
  `,
  // How long boards must have been away to be visited by themselves, NULL: none is; without a row a day.
  'CREATE TABLE visit_setting (away_hours DOUBLE)',
  // Where a board's records break: records that are missing between two (gap; how many), and where its clock was set between
  // two (clock step; milliseconds, above 0 forward). Found as records are appended, kept when those are not any more.
  `
  CREATE TABLE telemetry_breaks (
    board_id VARCHAR NOT NULL, boot_id UINTEGER NOT NULL, kind VARCHAR NOT NULL, after_sequence UINTEGER NOT NULL,
    amount DOUBLE NOT NULL, from_ms DOUBLE, to_ms DOUBLE NOT NULL
  );
  INSERT INTO telemetry_breaks WITH pairs AS (
    SELECT t.board_id, t.boot_id, t.at_ms, lag(t.at_ms) OVER boot AS before_ms,
      coalesce(lag(t.sequence) OVER boot, d.sequence, 0) AS after, t.sequence::DOUBLE AS sequence,
      lag(CASE WHEN wall_ms IS NOT NULL THEN t.sequence END IGNORE NULLS) OVER boot AS set_after,
      lag(CASE WHEN wall_ms IS NOT NULL THEN at_ms END IGNORE NULLS) OVER boot AS set_from,
      wall_ms - uptime_ms - lag(wall_ms - uptime_ms IGNORE NULLS) OVER boot AS step
    FROM telemetry t LEFT JOIN deleted_telemetry d USING (board_id, boot_id)
    WINDOW boot AS (PARTITION BY t.board_id, t.boot_id ORDER BY t.sequence)
  )
  SELECT board_id, boot_id, 'gap', after, sequence - 1 - after, before_ms, at_ms FROM pairs WHERE sequence - 1 > after
  UNION ALL
  SELECT board_id, boot_id, 'clock step', set_after, step, set_from, at_ms FROM pairs WHERE step <> 0;
  `,
  // Alerts, rules that a person made or changed, and where messages of alerts go.
  `
  CREATE TABLE alerts (
    id VARCHAR PRIMARY KEY, board_id VARCHAR NOT NULL, raised_ms DOUBLE NOT NULL, cleared_ms DOUBLE, record JSON NOT NULL
  );
  CREATE TABLE alert_rules (id VARCHAR PRIMARY KEY, record JSON NOT NULL);
  CREATE TABLE alert_webhook (is_on BOOLEAN NOT NULL, url VARCHAR NOT NULL);
  `,
  // Batteries that boards run on; the one without a board is of all others.
  'CREATE TABLE board_cells (board_id VARCHAR NOT NULL, cell JSON NOT NULL)',
  // Windows that boards were least certain of, as they kept them, and what people decided of them.
  `
  CREATE TABLE uncertain_windows (
    number UINTEGER NOT NULL, board_id VARCHAR NOT NULL, boot_id UINTEGER NOT NULL, sequence UINTEGER NOT NULL,
    at_ms DOUBLE NOT NULL, received_ms DOUBLE NOT NULL, night VARCHAR NOT NULL, entropy DOUBLE NOT NULL,
    expert VARCHAR NOT NULL, labels JSON, contents BLOB NOT NULL
  );
  CREATE TABLE uncertain_decisions (
    place UINTEGER NOT NULL, number UINTEGER NOT NULL, reviewer VARCHAR NOT NULL, verdict VARCHAR NOT NULL, label VARCHAR,
    at_ms DOUBLE NOT NULL, undone_ms DOUBLE
  );
  `,
  // What is known of boards' restarts, so that none counts twice when the lab opens again.
  'CREATE TABLE board_restarts (board_id VARCHAR PRIMARY KEY, record JSON NOT NULL)',
  // Of a bank with several encoders which of them ran, of a cascade what it decided by, and windows that a board skipped
  // since it started.
  `
  ALTER TABLE telemetry ADD COLUMN stages UTINYINT;
  ALTER TABLE telemetry ADD COLUMN score FLOAT;
  ALTER TABLE telemetry ADD COLUMN skipped_windows UINTEGER;
  `,
  // Boards held against the references: the clips, the boards, and each window as a board and both references answered it.
  // A stage is its largest difference, the element of that, relative, RMSE, MAE, relative L2 and cosine.
  `
  CREATE TABLE compare_clips (
    job_id VARCHAR NOT NULL, clip UINTEGER NOT NULL, path VARCHAR NOT NULL, label VARCHAR, source VARCHAR NOT NULL, error VARCHAR
  );
  CREATE TABLE compare_boards (job_id VARCHAR NOT NULL, board UTINYINT NOT NULL, record JSON NOT NULL);
  CREATE TABLE compare_windows (
    job_id VARCHAR NOT NULL, board UTINYINT NOT NULL, model UTINYINT NOT NULL, clip UINTEGER NOT NULL, place USMALLINT NOT NULL,
    start_s DOUBLE NOT NULL, ordinal UINTEGER NOT NULL, inference_id UINTEGER NOT NULL, sequence UINTEGER NOT NULL,
    board_expert UTINYINT NOT NULL, quantized_expert UTINYINT NOT NULL, float_expert UTINYINT NOT NULL,
    board_curiosity DOUBLE NOT NULL, quantized_curiosity DOUBLE NOT NULL, float_curiosity DOUBLE NOT NULL,
    board_score DOUBLE NOT NULL, quantized_score DOUBLE NOT NULL, float_score DOUBLE NOT NULL,
    board_logits FLOAT[] NOT NULL, quantized_logits FLOAT[] NOT NULL, float_logits FLOAT[] NOT NULL, stages_ran UTINYINT,
    features_us DOUBLE NOT NULL, encoder_us DOUBLE NOT NULL, router_us DOUBLE NOT NULL, expert_us DOUBLE NOT NULL,
    latency_source VARCHAR NOT NULL, energy_nj DOUBLE NOT NULL, energy_source VARCHAR NOT NULL,
    features DOUBLE[], encoder DOUBLE[], router DOUBLE[], expert DOUBLE[], answer DOUBLE[], quantization DOUBLE[],
    same_heard BOOLEAN NOT NULL, same_class BOOLEAN, same_choice BOOLEAN, first_off VARCHAR
  );
  `,
];
