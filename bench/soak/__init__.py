"""Long runs against a server under load: what must hold for an hour holds for a minute."""
