"""What a record would change in the published graph, in words: the contract between finding out and showing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fact:
    """One property of one thing whose values would change: ``kind`` is added, removed or changed."""

    kind: str
    thing: str
    thing_label: str
    property: str
    property_label: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """Rows of a register: its file below the content's folder, and the text of the rows with their heading."""

    file: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Changes:
    """The facts that would change, the record as clean Turtle, and as rows of registers.

    ``left_out`` says in words which facts no register has a column for.
    """

    facts: tuple[Fact, ...]
    turtle: str = field(repr=False)
    rows: tuple[Register, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """How much would change, in one sentence."""
        counts = {kind: sum(fact.kind == kind for fact in self.facts) for kind in ("added", "removed", "changed")}
        said = [f"{number} {kind}" for kind, number in counts.items() if number]
        things = len({fact.thing for fact in self.facts})
        return f"{', '.join(said)} of {things} thing{'' if things == 1 else 's'}." if said else "Nothing would change."

    def members(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)

    @classmethod
    def restored(cls, members: Mapping[str, Any]) -> Changes:
        """The changes that have these members."""
        facts = tuple(
            Fact(**{**fact, "before": tuple(fact["before"]), "after": tuple(fact["after"])})
            for fact in members["facts"]
        )
        rows = tuple(Register(**row) for row in members["rows"])
        return cls(facts, members["turtle"], rows, tuple(members["left_out"]))
