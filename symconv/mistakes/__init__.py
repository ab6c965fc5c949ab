"""The known mistakes: ways to get a true formula wrong, and which one explains a claim."""
