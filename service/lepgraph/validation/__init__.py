"""Checking records: ``reading`` parses them, ``checking`` asks the shapes, ``reporting`` writes the findings."""
