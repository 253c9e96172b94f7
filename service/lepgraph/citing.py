"""How to cite the dataset, or one page of it: in words, as BibTeX, and as CSL-JSON for reference managers.

What is cited is a version of the dataset under a stable address, by the publisher and with the dates that the catalogue
names; never the day on which somebody looks, which would differ with each request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lepgraph.content import Content
from lepgraph.loading.building import Version
from lepgraph.terms import DCTERMS, FOAF, XSD
from lepgraph.words import worded

_SPECIAL = {sign: f"\\{sign}" for sign in "&%$#_{}"}
_SPECIAL |= {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


@dataclass(frozen=True)
class Citations:
    """The same citation in three forms."""

    plain: str
    bibtex: str
    csl: str


def citations(content: Content, version: Version, iri: str = "", title: str = "") -> Citations:
    """The citation of what an identifier names, such as a page's subject; of the whole dataset without one."""
    catalogue = content.catalogue
    dataset = catalogue.title
    publisher = catalogue.graph.value(catalogue.dataset, DCTERMS.publisher)
    author = str(catalogue.graph.value(publisher, FOAF.name) or "") if publisher else ""
    day = str(catalogue.graph.value(catalogue.dataset, DCTERMS.modified) or catalogue.text(DCTERMS.issued))
    address = iri or catalogue.base
    key = re.sub(r"[^a-z0-9]+", "-", address.removeprefix(catalogue.base).removeprefix("id/").lower()).strip("-")
    item = {
        "id": f"{catalogue.key}-{key}".strip("-"),
        "type": "entry" if iri else "dataset",
        "title": title or dataset,
        **({"container-title": dataset} if iri else {}),
        "author": [{"literal": author or catalogue.key}],
        "publisher": author or catalogue.key,
        "issued": {"date-parts": [[int(part) for part in day.split("-")]]},
        "version": version.short,
        "URL": address,
    }
    within = f" In {dataset}," if iri else ""
    plain = (
        f"{author or catalogue.key} ({day[:4]}). {title or dataset}."
        f"{within} {'dataset' if iri else 'Dataset'} version {version.short} of {worded(day, XSD.date)}. {address}"
    )
    return Citations(plain, _bibtex(item, day), json.dumps([item], ensure_ascii=False, indent=2) + "\n")


def _bibtex(item: Mapping[str, object], day: str) -> str:
    """The citation as an entry of BibTeX, which knows no data sets."""
    authors = item["author"]
    assert isinstance(authors, list)
    fields = {
        "author": f"{{{_escaped(str(authors[0]['literal']))}}}",
        "title": f"{{{_escaped(str(item['title']))}}}",
        **({"howpublished": _escaped(f"In: {item['container-title']}")} if "container-title" in item else {}),
        "year": day[:4],
        "month": str(int(day[5:7])) if len(day) >= 7 else "",
        "version": str(item["version"]),
        "note": f"Dataset version {item['version']}",
        "url": str(item["URL"]),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{item['id']},\n" + ",\n".join(lines) + "\n}\n"


def _escaped(text: str) -> str:
    """Text as BibTeX takes it."""
    return "".join(_SPECIAL.get(sign, sign) for sign in " ".join(text.split()))
