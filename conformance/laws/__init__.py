"""The laws: what clauses, or one contract's rules, claim about behaviour."""
