"""Stored queries: SPARQL files with a header in YAML and typed parameters."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from lepgraph.content import Content
from lepgraph.errors import ContentFault, NotFound, Place
from lepgraph.querying.headers import HOME, PICTURES, RESERVED, read
from lepgraph.querying.stored import LONGEST_TEXT, Listed, Parameter, Section, Shows, StoredQuery

__all__ = [
    "HOME",
    "LONGEST_TEXT",
    "PICTURES",
    "RESERVED",
    "Library",
    "Listed",
    "Parameter",
    "Section",
    "Shows",
    "StoredQuery",
    "read",
]


class Library:
    """The stored queries of a folder and of its content: ``competency`` questions, ``checks``, and what pages ask."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self._read: dict[str, dict[str, StoredQuery]] = {}

    @cached_property
    def questions(self) -> dict[str, StoredQuery]:
        """The questions that people ask, by name."""
        found = self.of("competency")
        faults = [
            (Place(f"queries/competency/{query.name}.rq"), f"there is no queries/values/{parameter.values}.rq")
            for query in found.values()
            for parameter in query.parameters
            if parameter.values and parameter.values not in self.values
        ]
        if faults:
            raise ContentFault(faults)
        return found

    @cached_property
    def topics(self) -> dict[str, list[StoredQuery]]:
        """The questions by tag, in the order of the tags; a question stands under each of its tags."""
        topics: dict[str, list[StoredQuery]] = {}
        for query in self.questions.values():
            for tag in query.tags or ("other",):
                topics.setdefault(tag, []).append(query)
        return dict(sorted(topics.items()))

    @cached_property
    def values(self) -> dict[str, StoredQuery]:
        """The queries that find what a parameter can be, as ``?value`` and perhaps ``?label``, by name."""
        return self.of("values")

    @cached_property
    def parts(self) -> dict[str, StoredQuery]:
        """What the pages of this content ask besides the questions, by name; each has an address as a question has."""
        return {path.stem: read(path, self.content.name(path)) for path in self.content.files("queries", "pages/*.rq")}

    @cached_property
    def checks(self) -> dict[str, StoredQuery]:
        """The queries that must return nothing, by name."""
        return self.of("checks")

    @cached_property
    def pages(self) -> dict[str, StoredQuery]:
        """What the service itself asks of any graph, by name."""
        folder = Path(__file__).parent.parent / "queries"
        return {path.stem: read(path, path.name) for path in sorted(folder.glob("*.rq"))}

    def of(self, folder: str) -> dict[str, StoredQuery]:
        """The queries in a folder of the content by name, each read once.

        ``search`` says how things are found, ``lists`` and ``maps`` what lists show, ``compare`` what is compared.
        """
        if folder not in self._read:
            paths = self.content.files("queries", f"{folder}/*.rq")
            self._read[folder] = {path.stem: read(path, self.content.name(path)) for path in paths}
        return self._read[folder]

    def question(self, name: str) -> StoredQuery:
        """The question of that name; raises NotFound, with the names that are near."""
        found = self.questions.get(name) or self.parts.get(name)
        if found is None:
            raise NotFound(f"There is no stored query {name!r}.", hint="/queries lists them.")
        return found
