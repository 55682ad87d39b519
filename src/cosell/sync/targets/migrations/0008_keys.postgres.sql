-- What lists are sorted and filtered by, in the service's own orders. The rows are written by keys.py.

CREATE TABLE opportunity_key (
    id_key $identifier PRIMARY KEY,
    last_modified $integer NOT NULL,
    created $integer NOT NULL,
    target_close $integer NOT NULL,
    company $identifier NOT NULL,
    stage $integer NOT NULL,
    review_status $integer NOT NULL,
    arrival $integer NOT NULL
);
