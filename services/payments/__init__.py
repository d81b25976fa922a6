"""Orders, the ways to pay them, and a ledger in which every krona is accounted for."""
