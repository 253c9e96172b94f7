"""The settings of a service: frozen, from the environment or the command line, read once at the start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from lepgraph.errors import ParameterFault

PREFIX = "LEPGRAPH_"
ZERO = {"zero": True}
"""Marks a setting that may be zero."""


def default_cache() -> Path:
    """The user's cache folder, where built datasets are kept."""
    return platformdirs.user_cache_path("lepgraph")


def default_state() -> Path:
    """The user's data folder, where what is handed in is kept."""
    return platformdirs.user_data_path("lepgraph")


@dataclass(frozen=True)
class Settings:
    """One setting per field; each is also an environment variable, for instance ``LEPGRAPH_QUERY_SECONDS``."""

    cache: Path = field(default_factory=default_cache)
    """Folder of built datasets; safe to delete."""
    state: Path = field(default_factory=default_state)
    """Folder of what is handed in to be kept, short links to queries; not safe to delete."""
    links: int = field(default=10_000, metadata=ZERO)
    """Short links to queries that are kept; 0: none are made."""
    workers: int = 2
    """Worker processes that answer queries from outside."""
    queue_length: int = 64
    """Queries that may wait for a free worker; the next one is refused with 503."""
    queue_seconds: float = 10.0
    """Seconds a query waits for a free worker before it is refused with 503."""
    query_seconds: float = 30.0
    """Seconds a query from outside may take."""
    query_memory: int = 1024
    """Mebibytes that a worker may use on top of what the dataset takes."""
    query_length: int = 256 * 1024
    """Bytes that a query may have."""
    answer_megabytes: int = 1024
    """Mebibytes that the answer to a query may have."""
    record_length: int = 4 * 1024 * 1024
    """Bytes that a record handed in for validation may have."""
    check_seconds: float = 20.0
    """Seconds that checking what was handed in may take."""
    custom_shapes: bool = False
    """Let those who hand in records hand in shapes of their own to check them by."""
    result_hours: int = field(default=24, metadata=ZERO)
    """Hours for which the result of a check is kept under an address of its own; 0: none is kept."""
    results: int = 1000
    """Results of checks that are kept at most; the oldest go first."""
    disk: bool = False
    """Keep the dataset that pages ask on disk instead of in memory: slower, for graphs that memory cannot hold."""
    public: str = ""
    """The address under which the world reaches the service, such as https://example.org/; empty: as requests say."""
    services: str = ""
    """Addresses of the endpoints that SERVICE in a query may call, separated by spaces; empty: none."""
    stores: str = ""
    """Addresses of the SPARQL endpoints that hold the dataset, separated by spaces; empty: this process holds it."""
    default_graph: str = ""
    """The graph that holds the merge in those stores; empty: their own default graph does."""
    any_version: bool = False
    """Serve what those stores hold even if it is not what the content here would build."""
    store_user: str = ""
    """The user with whose rights ``lepgraph publish`` writes."""
    store_password: str = field(default="", repr=False)
    """The password of that user."""
    processes: int = 2
    """Web processes, which share the dataset and the workers."""
    threads: int = 64
    """Requests that a web process works on at the same time; three quarters of them may take long."""
    stop_seconds: int = 30
    """Seconds that requests have to end when the service stops."""
    cache_megabytes: int = field(default=64, metadata=ZERO)
    """Mebibytes of answers that each web process keeps, to give them again; 0: none."""
    body_seconds: float = 30.0
    """Seconds in which the body of a request must arrive."""
    rate_limit: str = ""
    """How often a client may ask for what costs, such as 60/minute or 10/second;1000/day; empty: at will."""
    rate_storage: str = ""
    """Where web processes count together, such as redis://localhost:6379; empty: in a file of this machine."""
    proxies: int = field(default=0, metadata=ZERO)
    """Proxies before the service whose X-Forwarded-For is believed; 0: none."""
    log: str = field(default="info", metadata={"choices": ("debug", "info", "warning", "error")})
    """What is logged: debug (queries too), info (a line for each request), warning or error."""
    log_format: str = field(default="text", metadata={"choices": ("text", "json")})
    """How it is logged: text or json."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **overrides: Any) -> Settings:
        """Settings from variables that begin with ``LEPGRAPH_``, then from the overrides that are not None.

        Raises ParameterFault for a variable that no setting has, or a value that is not of its type.
        """
        values: dict[str, Any] = {}
        known = {f"{PREFIX}{entry.name.upper()}": entry.name for entry in fields(cls)}
        plain = cls()
        for variable, text in environment.items():
            if not variable.startswith(PREFIX):
                continue
            if variable not in known:
                raise ParameterFault(f"There is no setting {variable}.", hint=f"Settings: {', '.join(sorted(known))}.")
            values[known[variable]] = _value(variable, text, getattr(plain, known[variable]))
        values.update({name: value for name, value in overrides.items() if value is not None})
        settings = replace(plain, **values)
        for entry in fields(cls):
            value = getattr(settings, entry.name)
            _admit(f"{PREFIX}{entry.name.upper()}", value, entry.metadata)
        return settings


def _admit(variable: str, value: object, marks: Mapping[str, Any]) -> None:
    """Raises ParameterFault for a value that a setting cannot have."""
    choices = marks.get("choices")
    if choices and value not in choices:
        raise ParameterFault(f"{variable} must be one of {', '.join(choices)}, not {value!r}.")
    if isinstance(value, int | float) and not isinstance(value, bool):
        if marks.get("zero") and value < 0:
            raise ParameterFault(f"{variable} must be zero or greater, not {value}.")
        if not marks.get("zero") and value <= 0:
            raise ParameterFault(f"{variable} must be greater than zero, not {value}.")


def _value(variable: str, text: str, plain: object) -> object:
    """The text as a value of the same type as the setting's plain value."""
    if isinstance(plain, Path | str):
        return type(plain)(text)
    if isinstance(plain, bool):
        if text.lower() not in ("true", "false"):
            raise ParameterFault(f"{variable} must be true or false, not {text!r}.")
        return text.lower() == "true"
    try:
        return int(text) if isinstance(plain, int) else float(text)
    except ValueError as error:
        raise ParameterFault(f"{variable} must be a number, not {text!r}.") from error
