"""The service as a WSGI application for servers other than ours, over the content at hand."""

from __future__ import annotations

from lepgraph import site
from lepgraph.content import Content
from lepgraph.settings import Settings
from lepgraph.web import served

_settings = Settings.from_environment()
_content = Content.found()

application = served(site.opened(_content, _settings, site.prepare(_content, _settings)))
