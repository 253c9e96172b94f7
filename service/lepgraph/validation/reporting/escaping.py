"""Texts of strangers, so that they stay texts: on a terminal, in XML, in a line of a log."""

from __future__ import annotations

import re
import unicodedata

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN = re.compile(r"[\x20-\x7e\xa0-\xac\xae-\u02ff]*")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def visible(text: str) -> str:
    """A text in one line without anything that a terminal would obey or a reader not see: such is named instead."""
    if _PLAIN.fullmatch(text):
        return text
    return "".join(_named(sign) if unicodedata.category(sign) in _HIDDEN else sign for sign in text)


def _named(sign: str) -> str:
    number = ord(sign)
    plain = f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}" if number < 65536 else f"\\U{number:08x}"
    return _NAMED.get(sign, plain)


def for_xml(text: str) -> str:
    """A text as XML 1.0 can hold it."""
    return _NOT_XML.sub("\ufffd", text)


def encoded(text: str) -> bytes:
    """A text as UTF-8; halves of signs, which UTF-8 cannot hold, are replaced."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
