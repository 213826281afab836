"""Pure functions on shapes, times and numbers: values in, values out, nothing of the application."""
