internal import GRDB

/// The tables of the queue's database; every change of them is a new migration.
enum Schema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1-queue") { db in
      try db.execute(sql: jobs)
      try db.execute(sql: owners)
      try db.execute(sql: aftermath)
      try db.execute(sql: files)
      try db.execute(sql: keys)
    }
    migrator.registerMigration("2-file-access") { db in try db.execute(sql: fileAccess) }
    migrator.registerMigration("3-ended-by-endpoint") { db in try db.execute(sql: endedIndex) }
    migrator.registerMigration("4-outputs") { db in try db.execute(sql: outputs) }
    return migrator
  }

  private static let jobs = """
    CREATE TABLE jobs (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      endpoint TEXT NOT NULL,
      owner TEXT NOT NULL,
      state INTEGER NOT NULL DEFAULT 0 CHECK (state IN (0, 1, 2)),
      priority INTEGER NOT NULL DEFAULT 0,
      accepted_at INTEGER NOT NULL,
      started_at INTEGER,
      ended_at INTEGER,
      start_deadline INTEGER,
      attempts INTEGER NOT NULL DEFAULT 0,
      never_retried INTEGER NOT NULL DEFAULT 0,
      cancel_requested INTEGER NOT NULL DEFAULT 0,
      keeps_payloads INTEGER NOT NULL DEFAULT 1,
      file_life INTEGER,
      webhook TEXT,
      tags TEXT,
      context TEXT,
      unit_price INTEGER,
      unit TEXT,
      currency TEXT,
      status_code INTEGER,
      error TEXT,
      error_type TEXT,
      units INTEGER,
      cost INTEGER,
      inference_time INTEGER,
      log_count INTEGER NOT NULL DEFAULT 0,
      CHECK ((state = 2) = (ended_at IS NOT NULL)),
      CHECK ((state = 2) = (status_code IS NOT NULL))
    );
    CREATE INDEX jobs_waiting ON jobs (priority, number) WHERE state = 0;
    CREATE INDEX jobs_waiting_by_owner ON jobs (owner, priority, number) WHERE state = 0;
    CREATE INDEX jobs_overdue ON jobs (start_deadline) WHERE state = 0 AND start_deadline NOT NULL;
    CREATE INDEX jobs_running ON jobs (number) WHERE state = 1;
    CREATE INDEX jobs_by_endpoint ON jobs (endpoint, accepted_at);
    CREATE INDEX jobs_by_end ON jobs (ended_at) WHERE state = 2;
    CREATE TABLE payloads (
      job INTEGER PRIMARY KEY REFERENCES jobs (number) ON DELETE CASCADE,
      input TEXT,
      output TEXT,
      erase_at INTEGER
    );
    CREATE INDEX payloads_by_erasure ON payloads (erase_at) WHERE erase_at NOT NULL;
    CREATE TABLE logs (
      job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      time INTEGER NOT NULL,
      level TEXT NOT NULL,
      message TEXT NOT NULL,
      PRIMARY KEY (job, number)
    ) WITHOUT ROWID;
    CREATE TABLE idempotency (
      owner TEXT NOT NULL,
      key TEXT NOT NULL,
      body BLOB NOT NULL,
      job INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (owner, key)
    ) WITHOUT ROWID;
    CREATE INDEX idempotency_by_job ON idempotency (job);
    CREATE INDEX idempotency_by_expiry ON idempotency (expires_at);
    """

  /// Counters per owner, kept by triggers so that no path can forget them.
  private static let owners = """
    CREATE TABLE owners (
      owner TEXT PRIMARY KEY,
      waiting INTEGER NOT NULL DEFAULT 0 CHECK (waiting >= 0),
      running INTEGER NOT NULL DEFAULT 0 CHECK (running >= 0),
      served INTEGER NOT NULL DEFAULT 0,
      accepted INTEGER NOT NULL DEFAULT 0,
      succeeded INTEGER NOT NULL DEFAULT 0,
      failed INTEGER NOT NULL DEFAULT 0,
      units INTEGER NOT NULL DEFAULT 0,
      cost INTEGER NOT NULL DEFAULT 0
    ) WITHOUT ROWID;
    CREATE INDEX owners_by_turn ON owners (running, served) WHERE waiting > 0;
    CREATE INDEX owners_by_service ON owners (served);
    CREATE TRIGGER job_accepted AFTER INSERT ON jobs BEGIN
      INSERT INTO owners (owner, waiting, accepted) VALUES (new.owner, 1, 1)
      ON CONFLICT (owner) DO UPDATE SET waiting = waiting + 1, accepted = accepted + 1;
    END;
    CREATE TRIGGER job_moved AFTER UPDATE OF state ON jobs WHEN new.state <> old.state BEGIN
      UPDATE owners SET
        waiting = waiting - (old.state = 0) + (new.state = 0),
        running = running - (old.state = 1) + (new.state = 1)
      WHERE owner = new.owner;
    END;
    CREATE TRIGGER job_taken AFTER UPDATE OF state ON jobs WHEN new.state = 1 BEGIN
      UPDATE owners SET served = (SELECT max(served) + 1 FROM owners) WHERE owner = new.owner;
    END;
    CREATE TRIGGER job_ended AFTER UPDATE OF state ON jobs WHEN new.state = 2 BEGIN
      UPDATE owners SET
        succeeded = succeeded + (new.status_code < 400 AND new.error IS NULL),
        failed = failed + NOT (new.status_code < 400 AND new.error IS NULL),
        units = units + coalesce(new.units, 0), cost = cost + coalesce(new.cost, 0)
      WHERE owner = new.owner;
    END;
    CREATE TRIGGER job_ends_once BEFORE UPDATE OF state ON jobs WHEN old.state = 2 BEGIN
      SELECT raise(ABORT, 'a job ends once');
    END;
    """

  private static let aftermath = """
    CREATE TABLE billing (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      job_id TEXT NOT NULL UNIQUE,
      endpoint TEXT NOT NULL,
      owner TEXT NOT NULL,
      time INTEGER NOT NULL,
      units INTEGER NOT NULL,
      unit_price INTEGER,
      unit TEXT,
      currency TEXT,
      cost INTEGER NOT NULL
    );
    CREATE INDEX billing_by_time ON billing (time, number);
    CREATE INDEX billing_by_owner ON billing (owner, time);
    CREATE TABLE deliveries (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      job INTEGER NOT NULL UNIQUE REFERENCES jobs (number) ON DELETE CASCADE,
      url TEXT NOT NULL,
      tries INTEGER NOT NULL DEFAULT 0,
      due_at INTEGER,
      outcome INTEGER NOT NULL DEFAULT 0 CHECK (outcome IN (0, 1, 2)),
      last_result TEXT,
      CHECK ((outcome = 0) = (due_at IS NOT NULL))
    );
    CREATE INDEX deliveries_due ON deliveries (due_at) WHERE outcome = 0;
    """

  private static let files = """
    CREATE TABLE files (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      content_type TEXT NOT NULL,
      size INTEGER NOT NULL,
      digest BLOB NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      owner TEXT NOT NULL,
      job_id TEXT
    ) WITHOUT ROWID;
    CREATE INDEX files_by_expiry ON files (expires_at) WHERE expires_at NOT NULL;
    CREATE INDEX files_by_job ON files (job_id) WHERE job_id NOT NULL;
    CREATE TABLE uploads (
      id TEXT PRIMARY KEY,
      token TEXT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      content_type TEXT NOT NULL,
      owner TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      file_life INTEGER
    ) WITHOUT ROWID;
    CREATE INDEX uploads_by_expiry ON uploads (expires_at);
    CREATE TABLE parts (
      upload TEXT NOT NULL REFERENCES uploads (id) ON DELETE CASCADE,
      number INTEGER NOT NULL,
      body TEXT NOT NULL,
      size INTEGER NOT NULL,
      digest BLOB NOT NULL,
      PRIMARY KEY (upload, number)
    ) WITHOUT ROWID;
    """

  private static let fileAccess = """
    ALTER TABLE files ADD COLUMN access INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE uploads ADD COLUMN file_access INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE jobs ADD COLUMN file_access INTEGER NOT NULL DEFAULT 0;
    """

  /// Clients with many requests in flight ask again and again for the last ones that ended.
  private static let endedIndex = """
    CREATE INDEX jobs_ended_by_endpoint ON jobs (endpoint, ended_at) WHERE state = 2;
    """

  /// An output beside its input would have both written anew: with pictures inside that is a lot.
  private static let outputs = """
    CREATE TABLE inputs (
      job INTEGER PRIMARY KEY REFERENCES jobs (number) ON DELETE CASCADE,
      input TEXT NOT NULL
    );
    CREATE TABLE outputs (
      job INTEGER PRIMARY KEY REFERENCES jobs (number) ON DELETE CASCADE,
      output TEXT,
      erase_at INTEGER NOT NULL
    );
    CREATE INDEX outputs_by_erasure ON outputs (erase_at);
    INSERT INTO inputs SELECT job, input FROM payloads WHERE input NOT NULL;
    INSERT INTO outputs SELECT job, output, erase_at FROM payloads WHERE erase_at NOT NULL;
    DROP TABLE payloads;
    """

  private static let keys = """
    CREATE TABLE keys (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      salt BLOB NOT NULL,
      hash BLOB NOT NULL,
      created_at INTEGER NOT NULL,
      revoked_at INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE secrets (
      name TEXT PRIMARY KEY,
      value BLOB NOT NULL
    ) WITHOUT ROWID;
    """
}
