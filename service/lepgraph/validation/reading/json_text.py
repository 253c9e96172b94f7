"""JSON as it was written: numbers keep their digits, and nothing is taken that only some parsers take."""

from __future__ import annotations

import json
import math
from collections import Counter
from typing import NoReturn

from lepgraph.errors import RecordFault
from lepgraph.validation.reading.documents import deeper
from lepgraph.validation.reading.engine import DEEPEST

_LONGEST_NUMBER = 100


class Number(str):
    """A number by its digits."""

    __slots__ = ()


Json = dict[str, "Json"] | list["Json"] | str | bool | None
"""A value; Number is a kind of str."""


def loaded(name: str, text: str) -> Json:
    """The value that a text is; raises RecordFault with line and column, or for what JSON leaves open."""
    if deeper(text, DEEPEST):
        raise RecordFault(f"{name}: brackets are nested more than {DEEPEST} deep.")

    def members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
            raise RecordFault(f"{name}: the key {_short(twice)} stands twice in one object.", hint="Make a list of it.")
        return found

    def number(digits: str) -> Number:
        if len(digits) > _LONGEST_NUMBER or not math.isfinite(float(digits)):
            raise RecordFault(f"{name}: the number {_short(digits)} is too large.", hint="Write it as a text.")
        return Number(digits)

    def constant(word: str) -> NoReturn:
        raise RecordFault(f"{name}: {word} is no number in JSON.", hint="Leave the value out, or write it as a text.")

    try:
        value: Json = json.loads(
            text, object_pairs_hook=members, parse_float=number, parse_int=number, parse_constant=constant
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise RecordFault(f"{name}, {where}: {error.msg}.", hint="Is it JSON?") from error
    if not isinstance(value, dict | list):
        raise RecordFault(f"{name} is no JSON object or list of objects.", hint="Is it JSON-LD?")
    return value


def written(value: Json) -> str:
    """The text of a value."""
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{written(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value)


def _short(text: str) -> str:
    shown = text if len(text) <= 40 else text[:40] + "…"
    return json.dumps(shown, ensure_ascii=True)
