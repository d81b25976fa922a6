"""Swish and Stripe as a demonstration has them: servers of their own that speak the real protocols."""
