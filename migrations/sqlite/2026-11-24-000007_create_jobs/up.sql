-- Why: What is due, what ran, and who holds it now.
CREATE TABLE jobs (
  name TEXT NOT NULL,
  due_after TIMESTAMP NOT NULL,
  PRIMARY KEY (name)
);
CREATE TABLE job_runs (
  job TEXT NOT NULL,
  due_at TIMESTAMP NOT NULL,
  business_date DATE NOT NULL,
  state TEXT NOT NULL,
  owner TEXT,
  lease_until TIMESTAMP,
  fence BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  started_at TIMESTAMP,
  finished_at TIMESTAMP,
  counts TEXT NOT NULL,
  error TEXT,
  PRIMARY KEY (job, due_at),
  CHECK (state IN ('due', 'running', 'done', 'failed', 'skipped'))
);
