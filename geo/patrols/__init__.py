"""Where patrols go: planned, drawn so that they can't be foretold, checked before they are shown."""
