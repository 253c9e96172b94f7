"""How complete the records are, measured against the shapes: what is expected, what is missing, and both as DQV."""
