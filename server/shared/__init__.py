"""One state behind many workers and machines, kept in PostgreSQL."""
