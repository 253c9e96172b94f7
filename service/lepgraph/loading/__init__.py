"""From files to named graphs: tables with their metadata, accounts in Turtle, the ontology, and any RDF file."""
