"""LaTeX formulas as Unicode."""
