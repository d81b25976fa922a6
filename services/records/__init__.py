"""The diary, the documents of a case, secrecy, and what is kept for how long."""
