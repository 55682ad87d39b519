-- A store of columns finds out without indexes.
SELECT 1;
