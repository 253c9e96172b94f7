"""Contexts of a JSON-LD document, and a copy of the document in which each value has a tag of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lepgraph.errors import RecordFault
from lepgraph.validation.reading.json_text import Json, Number

_CONTEXT = "@context"
_TAGGED = frozenset({"@id", "@type", "@value"})
"""Keywords whose values come out in triples."""
_SILENT = frozenset({"@language", "@direction", "@index", "@container", "@version", "@base", "@vocab", "@import"})
_MAPS = frozenset({"@language", "@index", "@id", "@type"})
"""Containers whose values are objects that are no nodes."""
_NO_ADDRESS = re.compile(r"""[\s<>"{}|\\^`]""")
_MANY = 200
"""Contexts that are looked at: each use of the published one is a copy."""


class Contexts:
    """What the contexts of a document say, all together: which keys are keywords, and which have maps."""

    def __init__(self, name: str, address: str, published: Json) -> None:
        self.name = name
        self.address = address
        self.published = published
        self.replaced = 0
        self.keywords: dict[str, str] = {}
        self.maps: set[str] = set()
        self.json: set[str] = set()
        self.dropped: set[str] = set()
        """Keys of which the document itself says that they mean nothing."""

    def keyword(self, key: str) -> str:
        """The keyword that a key is or stands for; empty if none."""
        return key if key.startswith("@") else self.keywords.get(key, "")

    def resolved(self, value: Json) -> Json:
        """The document with the published context in the place of its address; raises RecordFault for others."""
        if isinstance(value, list):
            return [self.resolved(member) for member in value]
        if not isinstance(value, dict):
            return value
        return {key: self._local(v) if key == _CONTEXT else self.resolved(v) for key, v in value.items()}

    def _local(self, context: Json) -> Json:
        if isinstance(context, list):
            return [self._local(member) for member in context]
        if isinstance(context, str) and not isinstance(context, Number):
            if not self.address or context != self.address:
                self._refuse(context)
            self.replaced += 1
            if self.replaced > _MANY:
                raise RecordFault(f"{self.name} names its context more than {_MANY} times.", hint="Name it once.")
            self._learn(self.published)
            return self.published
        if isinstance(context, dict):
            if "@import" in context:
                self._refuse(str(context["@import"]))
            self._learn(context)
            return {key: self.resolved(member) for key, member in context.items()}
        return context

    def _refuse(self, address: str) -> None:
        shown = address if len(address) <= 200 else address[:200] + "…"
        ours = f", or name {self.address}, which is known here" if self.address else ""
        raise RecordFault(
            f"{self.name}: the remote context {shown} is not fetched.",
            hint=f"Write the context into the document{ours}.",
        )

    def _learn(self, context: Json) -> None:
        if not isinstance(context, dict):
            return
        for term, meant in context.items():
            told: Mapping[str, Json] = meant if isinstance(meant, dict) else {"@id": meant}
            name = told.get("@id")
            if not term.startswith("@") and isinstance(name, str) and name.startswith("@"):
                self.keywords[term] = name
            container = told.get("@container")
            if _MAPS & set(_strings(container)):
                self.maps.add(term)
            if told.get("@type") == "@json":
                self.json.add(term)
            if meant is None or (isinstance(meant, dict) and "@id" in meant and name is None):
                self.dropped.add(term)


def _strings(value: Json) -> Iterator[str]:
    for member in value if isinstance(value, list) else [value]:
        if isinstance(member, str):
            yield member


class Tagger:
    """Makes the copy. With ``nodes``, objects without an ``@id`` get one, so that what names them has a tag too.

    With ``types``, classes have tags; not so if the classes decide what other keys mean.
    """

    def __init__(self, contexts: Contexts, mark: str, *, nodes: bool, types: bool) -> None:
        self.contexts = contexts
        self.mark = mark
        self.nodes = nodes
        self.types = types
        self.pointers: list[str] = []
        """Where the value with each number stands."""
        self.values: dict[str, str] = {}
        self.added: set[str] = set()
        """Pointers that the document itself does not have."""
        self.silent: set[str] = set()
        """Pointers of which nothing needs to come out."""

    def tagged(self, document: Json) -> Json:
        """The copy of a document."""
        return self._value(document, "", "")

    def node(self, pointer: str) -> str:
        """The object that something at a pointer belongs to: the pointer without a last ``@id`` or ``@value``."""
        above, _, last = pointer.rpartition("/")
        return above if self.contexts.keyword(_unescaped(last)) in ("@id", "@value") else pointer

    def broken(self, pointer: str) -> bool:
        """Whether an ``@id`` stands at a pointer that cannot be an address."""
        keyword = self.contexts.keyword(_unescaped(pointer.rpartition("/")[2]))
        return keyword == "@id" and _NO_ADDRESS.search(self.values[pointer]) is not None

    def _value(self, value: Json, pointer: str, key: str) -> Json:
        """A value under a key, empty at the top, in lists as in their place."""
        if isinstance(value, list):
            return [self._value(member, f"{pointer}/{number}", key) for number, member in enumerate(value)]
        if isinstance(value, dict):
            return self._object(value, pointer, key)
        if value is None:
            return None
        return self._scalar(value, pointer, key)

    def _scalar(self, value: str | bool, pointer: str, key: str) -> Json:
        keyword = self.contexts.keyword(key)
        if keyword in _SILENT or (keyword and keyword not in _TAGGED | {"@list", "@set", "@graph", "@reverse"}):
            return value
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if keyword == "@type" and (not self.types or text.startswith("@")):
            return value
        return text + self._tag(pointer, text)

    def _tag(self, pointer: str, text: str) -> str:
        self.pointers.append(pointer)
        self.values[pointer] = text
        return f"{self.mark}{len(self.pointers) - 1}{self.mark}"

    def _object(self, value: dict[str, Json], pointer: str, key: str) -> Json:
        found: dict[str, Json] = {}
        keywords = {self.contexts.keyword(member) for member in value}
        if self.nodes and self._is_node(keywords, key):
            found["@id"] = f"_:{self._tag(f'{pointer}/@id', '')}"
            self.added.add(self.pointers[-1])
        for member, inner in value.items():
            at = f"{pointer}/{_escaped(member)}"
            if member == _CONTEXT:
                found[member] = inner
                continue
            if member in self.contexts.dropped:
                self.silent.add(at)
            found[member] = self._value(inner, at, "" if key in self.contexts.maps else member)
        return found

    def _is_node(self, keywords: set[str], key: str) -> bool:
        """Whether an object with these keywords, under this key, is a node that has no name."""
        if keywords & {"@id", "@value", "@list", "@set", "@graph"}:
            return False
        return key not in self.contexts.maps | self.contexts.json and self.contexts.keyword(key) not in (
            "@reverse",
            "@nest",
            "@value",
        )


def _escaped(key: str) -> str:
    """A key as a piece of a JSON pointer (RFC 6901, 3)."""
    return key.replace("~", "~0").replace("/", "~1")


def _unescaped(piece: str) -> str:
    return piece.replace("~1", "/").replace("~0", "~")


def pieces(pointer: str) -> list[str]:
    """The pieces of a JSON pointer."""
    return pointer.split("/")[1:]
