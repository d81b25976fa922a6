"""What only a demonstration has: a mail catcher, an e-ID of its own, an invented municipality."""
