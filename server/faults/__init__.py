"""Ways in which a server can be wrong, for the judge to be measured against."""
