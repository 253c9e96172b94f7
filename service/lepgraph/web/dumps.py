"""The files in which the datasets are offered, at addresses of their version that keep their bytes for ever."""

from __future__ import annotations

import base64
import difflib
from pathlib import Path

from flask import Blueprint, Response, redirect, request, send_file

from lepgraph import measures
from lepgraph.catalogue.offers import file_path
from lepgraph.distributing.files import Distribution
from lepgraph.errors import Fault, NotFound
from lepgraph.media import CSV, CSVM, N_QUADS, Format
from lepgraph.web import coding
from lepgraph.web.observing import seen
from lepgraph.web.replies import parameters, site

blueprint = Blueprint("dumps", __name__)

_LATEST = "latest"
_CODING = "gzip"
"""The content coding in which files lie ready: each ``NAME.gz`` is also the coded form of ``NAME``."""


@blueprint.get("/dump/<version>/<name>")
def dump(version: str, name: str) -> Response:
    """A file of this version; ``latest`` leads to it."""
    parameters()
    if (former := _former(version, name)) is not None:
        return former
    file = _found(version, name)
    if version == _LATEST:
        response = redirect(_address(name), 302)
        response.headers["Cache-Control"] = "public, max-age=300"
        return response  # type: ignore[return-value]  # werkzeug's response is flask's here
    measures.downloads.labels(file.name).inc()
    coded = _coded(file)
    sent = _sent(coded or file)
    sent.headers["Content-Type"] = file.packed or file.compressed or file.format.content_type
    if coded:
        sent.headers["Content-Encoding"] = _CODING
        del sent.headers["Accept-Ranges"]  # whoever asks for a part gets one of the plain file
    if file.format is not CSVM:
        sent.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if file.format is CSV and file.described:
        sent.headers["Link"] = f'<{_address(file.described)}>; rel="describedby"; type="{CSVM.media_type}"'
    return sent


def _address(name: str) -> str:
    return file_path(site(), name)


def _found(version: str, name: str) -> Distribution:
    """The file of a name; raises NotFound with what there is in its place."""
    offered = site().distributions
    file = offered.find(name)
    if file is None:
        like = difflib.get_close_matches(name[:100], [known.name for known in offered.all], 3)
        meant = f"Perhaps you mean {' or '.join(map(_address, like))}. " if like else ""
        raise NotFound(f"There is no file {name[:100]} for download.", hint=f"{meant}/catalog lists all files.")
    if version not in (_LATEST, site().version.short):
        raise NotFound(
            f"The files of version {version[:100]} are not here, or not any more.",
            hint=f"The current one is {_address(name)}, and /dump/{_LATEST}/{name} always leads to it; "
            "/version has the versions, all named graphs of each, and what each changed.",
        )
    return file


def _former(version: str, name: str) -> Response | None:
    """The named graphs of a former version, which alone are kept of it; None for any other file."""
    here = site()
    if name != f"{here.content.catalogue.key}.nq" or version in (_LATEST, here.version.short) or not here.versioned:
        return None
    known = {release.short: place for place, release in enumerate(here.history.releases)}
    if version not in known:
        return None
    digest = here.history.releases[known[version]].digest
    sent = _file(here.history.dump(known[version]), N_QUADS, digest)
    sent.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return sent


def _coded(file: Distribution) -> Distribution | None:
    """The compressed file that lies ready, if the client would rather have that and asks for no part of the plain."""
    if file.compressed or file.packed or "Range" in request.headers or file.size < coding.SMALLEST:
        return None
    if not coding.admits(request.headers.get("Accept-Encoding"), _CODING):
        return None
    return site().distributions.find(f"{file.name}.gz")


def _sent(file: Distribution) -> Response:
    """The bytes of a file with their validator and digest (RFC 9530, 3), and nothing from the clock."""
    path = site().distributions.path(file.name)
    if not path.is_file():
        hint = "Whoever runs the service gets them back with lepgraph build and a new start."
        raise Fault("The files for download were taken out of the cache.", hint=hint)
    return _file(path, file.format, file.digest)


def _file(path: Path, form: Format, digest: str) -> Response:
    sent = send_file(path, mimetype=form.media_type, etag=digest, conditional=False)
    for header in ("Last-Modified", "Expires"):
        sent.headers.pop(header, None)
    sent.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    sent.headers["Accept-Ranges"] = "bytes"  # parts of it may be asked for: web/replies.finished gives them
    sent.headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    sent.headers["Vary"] = "Accept-Encoding"
    seen(request.environ).file = True
    return sent
