"""How response is measured: each measure with its numerator, denominator, period and what it leaves out (handbook 1.6)."""
