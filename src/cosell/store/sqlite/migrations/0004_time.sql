-- How the engine's time runs beside the wall's, for every process that shares this file: see clock.py.

CREATE TABLE course (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    since_wall INTEGER NOT NULL,
    since INTEGER NOT NULL,
    factor REAL NOT NULL
);
INSERT INTO course VALUES (1, 0, 0, 1);
