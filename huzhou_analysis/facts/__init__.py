"""What was printed: tables, checks, periods, units, rounding, numerals, words."""
