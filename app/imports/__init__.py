"""Files of other tools brought in by page and API: sent, looked into by a worker, their columns named, stored."""
