"""Pages as people read them."""

from __future__ import annotations

import html
import re


def visible(page: str) -> str:
    """The text of a page, without markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
