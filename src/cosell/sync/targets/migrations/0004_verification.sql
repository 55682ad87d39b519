CREATE TABLE sync_verification (
    one $integer PRIMARY KEY CHECK (one = 1),
    verified_at $moment NOT NULL,
    compared_rows $integer NOT NULL,
    equal_rows $integer NOT NULL,
    behind_rows $integer NOT NULL,
    different_rows $integer NOT NULL,
    differences $json NOT NULL
);
