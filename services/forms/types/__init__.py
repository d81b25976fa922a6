"""The question types, one file each; a new file here is a new type."""
