"""One module for each vendor: its errors, its credentials, and what clauses cannot say."""
