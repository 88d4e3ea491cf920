"""The gate: lint, diff against a base and verify, with one verdict."""
