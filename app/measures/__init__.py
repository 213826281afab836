"""How response is measured: each measure with numerator, denominator, period and what it leaves out (handbook 1.6)."""
