"""One question, everything that may be meant by it: places, grids, serials, call signs, codenames, times."""
