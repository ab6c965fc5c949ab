"""The languages that people write: one file each."""
