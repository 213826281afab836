"""Handing a shift over: a note with what is open, frozen as it stood, signed by both officers."""
