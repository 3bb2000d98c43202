"""The radio in a terminal: what it shows, the keys it takes, and how both are run."""
