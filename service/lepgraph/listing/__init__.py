"""Lists of things: what is said of each, kept once per version, and the views of them that a person asks for."""
