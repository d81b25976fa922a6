"""What `./start` does: the database, the processes, the checks."""
