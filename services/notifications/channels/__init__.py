"""One file for each way to reach somebody; they share the contract in `services.notifications.sending`."""
