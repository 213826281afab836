"""Loading a mission's data from files: rows in, batches stored, each bad row reported with its line and reason."""
