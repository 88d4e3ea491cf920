"""The contracts, and how they are read."""
