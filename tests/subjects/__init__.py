"""Second implementations of the four contracts, written from the rulings and the seeds alone."""
