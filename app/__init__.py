"""Vigil's web application. Kept empty: processes that need one module of it should not wait for all of it."""
