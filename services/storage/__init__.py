"""Where bytes are kept, each under its own checksum."""
