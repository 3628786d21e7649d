CREATE TABLE IF NOT EXISTS node (one INTEGER PRIMARY KEY CHECK (one = 1), id TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS callers (
	id INTEGER PRIMARY KEY,
	peer TEXT NOT NULL,
	project TEXT NOT NULL,
	agent TEXT NOT NULL,
	kind TEXT NOT NULL,
	first_seen INTEGER NOT NULL, -- Unix time
	last_seen INTEGER NOT NULL,
	UNIQUE (peer, project, agent, kind)
);

-- Calls of the last two weeks by the hour; older ones by the day, at its first hour.
CREATE TABLE IF NOT EXISTS calls (
	hour INTEGER NOT NULL, -- Unix time / 3600
	caller INTEGER NOT NULL,
	route TEXT NOT NULL,
	write INTEGER NOT NULL,
	n INTEGER NOT NULL,
	PRIMARY KEY (hour, caller, route)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS calls_of_caller ON calls (caller);
