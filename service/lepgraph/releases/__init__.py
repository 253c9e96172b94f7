"""The versions of the dataset: which there were, what each changed, and what each said of a thing."""
