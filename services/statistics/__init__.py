"""How much comes in, how long it takes, and how it ends: counted at night, read by many."""
