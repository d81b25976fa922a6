"""Questions and answers: what a service asks, how it is asked, and what is kept of it."""
