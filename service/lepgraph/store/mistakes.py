"""Mistakes that are often made in queries, and what to say of each.

``against_the_grammar`` knows those that break the grammar, ``against_the_notes`` those that break its notes (variables,
groups, blank nodes), which a grammar cannot say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from lepgraph.store.tokens import Token

FUNCTIONS = re.compile(r"\b[A-Z][A-Z0-9_]+\b")

_TERMS = frozenset({"variable", "iri", "name", "string", "number"})
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_MODIFIERS = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"})
_OTHERWISE = {"AND": "Write && for and.", "OR": "Write || for or.", "BINDINGS": "Write VALUES."}
_PAIRS = {"{": "}", "(": ")", "[": "]"}


@dataclass(frozen=True)
class Told:
    """What to say of a mistake: the reason, unless the plain one does, a hint, and the place if it is another one."""

    reason: str = ""
    hint: str = ""
    place: int | None = None


@dataclass(frozen=True)
class Noted:
    """A mistake with its place."""

    reason: str
    place: int
    hint: str = ""


def against_the_grammar(
    found: Sequence[Token], position: int, accepted: frozenset[str], similar: Callable[[str], str]
) -> Told:
    """What to say of the token at which a query departs from the grammar."""
    token, upper = found[position], found[position].text.upper()
    before = found[position - 1].text.upper() if position else ""
    if token.kind == "close" and not _open(found[:position]):
        return Told(f"{shown(token)} closes nothing", "Take it out, or open what it should close.")
    if before == "PREFIX" and token.kind in ("word", "iri"):
        name = token.text if token.kind == "word" else ""
        return Told("The prefix has no colon", f"Write PREFIX {name}: <…>.")
    if upper == "," and _clause(found[:position]) == "SELECT":
        return Told(hint="Put spaces between the variables of SELECT, no commas.")
    if upper in _AGGREGATES and _clause(found[:position]) == "SELECT" and "LPAR" in accepted:
        return Told(hint=f"Name the result: ({token.text}(…) AS ?name).")
    if upper == ")" and "AS" in accepted and _clause(found[:position]) == "SELECT":
        return Told("The expression has no name", "Write AS and a variable before the bracket: (… AS ?name).")
    if upper in _OTHERWISE:
        return Told(hint=_OTHERWISE[upper])
    if token.text == "=" and before == "=":
        return Told(hint="Write = for equal.")
    if token.text == "{" and before in ("SELECT", "DISTINCT", "REDUCED"):
        return Told("SELECT selects nothing", "Name the variables, or write * for all.")
    if before == "FILTER":
        return Told(hint="Put the condition into parentheses: FILTER (…).")
    if upper in _MODIFIERS and not _open(found[:position]):
        return Told(hint="The order is GROUP BY, HAVING, ORDER BY, LIMIT, OFFSET.")
    if token.kind == "word" and not _is_term(token) and not {"DOT", "SEMICOLON"} <= accepted | {"SEMICOLON"}:
        return _word(found, position, similar)
    if token.kind == "word" and similar(token.text) != upper:
        return _word(found, position, similar)
    if (token.kind in _TERMS or _is_term(token)) and {"DOT", "SEMICOLON"} <= accepted:
        return Told(
            f"A dot is missing before {shown(token)}, or the triple before has a term too many",
            'End a triple with "."; ";" goes on about the same subject, "," with the same property.',
        )
    if upper == "<" and "IRIREF" in accepted:
        return Told("The IRI that begins here does not end, or holds what no IRI can", "Write spaces as %20.")
    if token.text in (".", ";", ",", "}", "]", ")") and "CIRCUMFLEX" in accepted and before not in (".", ";", ","):
        return Told(hint="A triple has a subject, a property and an object.")
    return Told()


def at_the_end(found: Sequence[Token]) -> Told:
    """What to say of a query that ends too early."""
    opened = _open(found)
    if not opened:
        return Told()
    number = len(opened)
    which = "one bracket is" if number == 1 else f"{number} brackets are"
    missing = "".join(_PAIRS.get(token.text, "") for token in reversed(opened))[:20]
    return Told(f"The query ends, and {which} not closed", f"Add {missing} where it belongs.", opened[-1].start)


def against_the_notes(found: Sequence[Token], message: str) -> Noted | None:
    """The mistake of a query that is right by the grammar and was refused all the same, if it is a known one."""
    if "SELECT * is not authorized with GROUP BY" in message:
        star = next((token for token in found if token.text == "*"), found[0])
        return Noted("SELECT * cannot be used with GROUP BY", star.start, "Name the variables that are grouped.")
    return _ungrouped(found) or _twice(found) or _blank_node_in_two_groups(found) or _uneven(found)


def shown(token: Token) -> str:
    """A token as a message shows it."""
    text = token.text if len(token.text) <= 40 else f"{token.text[:39]}…"
    return text if text.startswith('"') else f'"{text}"'


def _word(found: Sequence[Token], position: int, similar: Callable[[str], str]) -> Told:
    token = found[position]
    called = position + 1 < len(found) and found[position + 1].text == "("
    close = similar(token.text)
    if close == token.text.upper():
        return Told()
    what = "a function" if called else "a word"
    hint = f"Did you mean {close}?" if close else "Write IRIs in < > or with a prefix, and text in quotation marks."
    return Told(f'"{token.text[:40]}" is not {what} of SPARQL 1.1', hint)


def _is_term(token: Token) -> bool:
    return token.text == "a" or token.text.lower() in ("true", "false")


def _open(found: Sequence[Token]) -> list[Token]:
    """The brackets that are open after some tokens."""
    opened: list[Token] = []
    for token in found:
        if token.kind == "open":
            opened.append(token)
        elif token.kind == "close" and opened:
            opened.pop()
    return opened


def _clause(found: Sequence[Token]) -> str:
    """SELECT if the tokens end in the list of what a SELECT selects."""
    for token in reversed(found):
        if token.text.upper() in ("SELECT", "WHERE", "FROM") or token.text == "{":
            return token.text.upper()
    return ""


def _ungrouped(found: Sequence[Token]) -> Noted | None:
    """A variable that is selected outside an aggregate though it is not grouped."""
    words = [token.text.upper() for token in found]
    if words.count("SELECT") != 1 or not (("GROUP" in words) or _AGGREGATES & set(words)):
        return None
    begin = words.index("SELECT") + 1
    end = next((at for at, word in enumerate(words) if at >= begin and word in ("WHERE", "{", "FROM")), len(words))
    after = [at for at, word in enumerate(words) if word == "GROUP"]
    ends = (at for at, word in enumerate(words) if after and at > after[-1] and word in _MODIFIERS)
    grouped = {token.text[1:] for token in found[after[-1] : next(ends, len(found))]} if after else set()
    level, inside = 0, 0
    for at in range(begin, end):
        token = found[at]
        level += (token.kind == "open") - (token.kind == "close")
        if words[at] in _AGGREGATES and not inside:
            inside = level + 1
        if inside and token.kind == "close" and level < inside:
            inside = 0
        named = words[at - 1] == "AS"
        if named:
            grouped.add(token.text[1:])
        elif token.kind == "variable" and not inside and token.text[1:] not in grouped:
            reason = f"{token.text} is selected, but it is neither grouped nor inside an aggregate"
            hint = f"Add it to GROUP BY, or select an aggregate such as (SAMPLE({token.text}) AS ?one)."
            return Noted(reason, token.start, hint)
    return None


def _twice(found: Sequence[Token]) -> Noted | None:
    """A variable that AS names though it is in use: before BIND, or anywhere in the query for SELECT."""
    uses = Counter(token.text[1:] for token in found if token.kind == "variable")
    seen: set[str] = set()
    for position, token in enumerate(found):
        if token.kind != "variable":
            continue
        name = token.text[1:]
        named = found[position - 1].text.upper() == "AS"
        if named and (name in seen or (uses[name] > 1 and _clause(found[:position]) == "SELECT")):
            return Noted(
                f"{token.text} is in use already, and AS needs a new name", token.start, "Choose another name."
            )
        seen.add(name)
    return None


def _blank_node_in_two_groups(found: Sequence[Token]) -> Noted | None:
    groups: dict[str, int] = {}
    path: list[int] = [0]
    number = 0
    for token in found:
        if token.text == "{":
            number += 1
            path.append(number)
        elif token.text == "}" and len(path) > 1:
            path.pop()
        elif token.text.startswith("_:") and groups.setdefault(token.text, path[-1]) != path[-1]:
            reason = f"The blank node {token.text} is used in two groups of patterns"
            return Noted(reason, token.start, "Use a variable instead.")
    return None


def _uneven(found: Sequence[Token]) -> Noted | None:
    """A row of VALUES that has not as many values as there are variables."""
    words = [token.text.upper() for token in found]
    for start in (at for at, word in enumerate(words) if word == "VALUES"):
        if words[start + 1 : start + 2] != ["("] or not _holds(words, ")", start):
            continue
        head = words.index(")", start)
        wide, at = head - start - 2, head + 2
        while at < len(words) and words[at] == "(" and _holds(words, ")", at):
            end = words.index(")", at)
            row = [token for token in found[at + 1 : end] if token.kind != "tag"]
            narrow = len(row) - 2 * sum(token.text == "^^" for token in row)
            if narrow != wide:
                reason = f"This row has not as many values as there are variables: {narrow} for {wide}"
                return Noted(reason, found[at].start, "Write UNDEF for a value that is not known.")
            at = end + 1
    return None


def _holds(words: list[str], word: str, start: int) -> bool:
    """Whether a word stands somewhere from a position on; found at once where it is near."""
    try:
        words.index(word, start)
    except ValueError:
        return False
    return True
