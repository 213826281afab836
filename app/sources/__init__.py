"""Sources of warnings, by codes."""
