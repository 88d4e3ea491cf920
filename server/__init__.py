"""The stand-in: contracts served with state."""
