"""Full text: which things a person means by some words, and why each was found."""
