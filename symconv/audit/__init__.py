"""Files of claims: every claim of a note found, judged and listed."""
