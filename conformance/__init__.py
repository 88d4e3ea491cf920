"""The judge of any implementation of a contract."""
