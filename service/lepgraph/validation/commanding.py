"""What the command line asks of checking, and what comes of it: options to files, files to one report in one format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from lepgraph.errors import ParameterFault, RequestFault, ShapesFault, TooLarge
from lepgraph.media import JSON, JUNIT, SARIF, TEXT, XLSX, Format, named
from lepgraph.settings import Settings
from lepgraph.validation import batches, collecting, isolation, kinds
from lepgraph.validation.batches import Batch, Checked
from lepgraph.validation.changes import Changes
from lepgraph.validation.findings import Finding, Report
from lepgraph.validation.handing import Wishes
from lepgraph.validation.published import Published
from lepgraph.validation.readiness import Ready
from lepgraph.validation.records import File
from lepgraph.validation.reporting import FORMS, text, verdict, write
from lepgraph.validation.reporting.escaping import encoded

_WIDE = 8
"""How many times as many bytes as one record may have, files that are checked together may have."""
_ENDINGS = {".xml": JUNIT, ".json": JSON, ".sarif": SARIF, ".txt": TEXT}


@dataclass(frozen=True)
class Wanted:
    """The options of the command."""

    paths: tuple[str, ...]
    form: str | None = None
    output: Path | None = None
    fail_on: str = "violation"
    together: bool = True
    only: tuple[str, ...] = ()
    custom_shapes: Path | None = None
    changes: bool = False
    kind: str | None = None
    progress: bool | None = None

    @cached_property
    def chosen(self) -> Format:
        """The format of the report; raises ParameterFault."""
        if self.form is None:
            ending = self.output.suffix.lower() if self.output else ""
            return _ENDINGS.get(ending) or named(ending.removeprefix("."), FORMS) or TEXT
        found = named(self.form, FORMS)
        if found is None:
            offered = ", ".join(form.name for form in FORMS)
            raise ParameterFault(f"There is no format {self.form!r}.", hint=f"Formats: {offered}.")
        return found

    @cached_property
    def read_as(self) -> Format | None:
        """What standard input is; raises ParameterFault."""
        if self.kind is None:
            return None
        found = named(self.kind, kinds.HANDED_IN)
        if found is None:
            offered = ", ".join(kind.name for kind in kinds.HANDED_IN)
            raise ParameterFault(f"There is no kind {self.kind!r}.", hint=f"Kinds: {offered}.")
        return found

    @cached_property
    def files(self) -> list[str]:
        """The files that are meant; raises ParameterFault."""
        return collecting.meant(self.paths)

    def examine_early(self) -> None:
        """Raises ParameterFault for what is plainly wrong, before anything takes time."""
        if collecting.STANDARD_INPUT in self.files and self.read_as is None:
            raise ParameterFault("Of which kind is standard input?", hint="Say so with --from, such as --from ttl.")
        if self.output is not None and not self.output.absolute().parent.is_dir():
            raise ParameterFault(f"There is no folder {self.output.parent}.")
        if self.output is not None and self.output.resolve() in {Path(path).resolve() for path in self.files}:
            raise ParameterFault(f"{self.output} is to be checked.", hint="Write the report to another file.")
        assert self.chosen in FORMS
        assert self.read_as in (None, *kinds.HANDED_IN)

    @property
    def tabular(self) -> bool:
        """Whether a single table is to be handed back with its cells marked."""
        return self.chosen == XLSX and len(self.files) == 1 and self._kind(self.files[0]) in kinds.TABLES

    @property
    def workbooks(self) -> bool:
        """Whether workbooks are to be read or marked."""
        return self.tabular or any(self._kind(path) == XLSX for path in self.files)

    def _kind(self, path: str) -> Format | None:
        if path == collecting.STANDARD_INPUT or not Path(path).suffix:
            return self.read_as
        try:
            return kinds.of_file(path)
        except RequestFault:
            return None


@dataclass(frozen=True)
class Done:
    """What was found in each of the parts that were checked."""

    parts: tuple[Checked, ...]

    @cached_property
    def report(self) -> Report:
        """What was found in all of them."""
        return batches.merged(self.parts)

    @property
    def nothing(self) -> bool:
        """Whether nothing could be checked."""
        return batches.nothing(self.parts)

    @property
    def verdict(self) -> str:
        """The outcome in one sentence."""
        return verdict(self.report)

    def code(self, level: str) -> int:
        """The exit code."""
        if self.nothing:
            return 2
        return int(level != "never" and self.report.reaches(level))

    def written(self, wanted: Wanted, width: int, *, colour: bool) -> bytes:
        """The report in the format that is wanted."""
        outcomes = [part.outcome for part in self.parts if part.outcome is not None]
        changes = outcomes[0].changes if wanted.changes and len(outcomes) == 1 else None
        if wanted.chosen == TEXT:
            return encoded(self._text(width, wanted.changes, colour=colour))
        if wanted.tabular and outcomes and outcomes[0].marked:
            return outcomes[0].marked
        return write(self.report, wanted.chosen, collecting.shown(wanted.files[0]), changes)

    def _text(self, width: int, show: bool, *, colour: bool) -> str:
        """Each part on its own, and a table of all files if there are several."""
        pages, rows = [], []
        for part in self.parts:
            name = part.names[0] if len(part.names) == 1 else f"{len(part.names)} files"
            report = batches.merged([part])
            changes: Changes | None = part.outcome.changes if part.outcome is not None and show else None
            pages.append(text.written(report, name, width=width, colour=colour, changes=changes))
            rows += batches.by_file(report, part.names)
        if len(rows) > 1:
            pages.append(text.summary(rows, colour=colour).lstrip("\n"))
        return "\n".join(pages)


def run(
    wanted: Wanted,
    ready: Ready,
    published: Published,
    settings: Settings,
    standard_input: BinaryIO,
    say: Callable[[str], None],
) -> Done:
    """Checks what is wanted; raises ParameterFault and ShapesFault."""
    wishes = Wishes(
        only=wanted.only, own=_shapes(wanted, settings.record_length), marked=wanted.tabular, changes=wanted.changes
    )
    limits = isolation.Limits(
        wait=max(settings.queue_seconds, settings.check_seconds),
        seconds=settings.check_seconds,
        megabytes=settings.query_memory,
    )
    ready.imported(workbooks=wanted.workbooks)
    batch = Batch(isolation.Forking(ready.examiner, limits), published, limits, say)
    parts: list[Checked] = []
    read = _read(wanted, settings.record_length, standard_input, say)
    for group in batches.groups(read, _WIDE * settings.record_length, apart=not wanted.together):
        if isinstance(group, Finding):
            parts.append(Checked((group.place.file,), None, (group,)))
            continue
        if len(group) > 1:
            say(f"Checking {len(group)} files together")
        parts += batch.check(group, wishes)
    return Done(tuple(parts))


def _read(wanted: Wanted, limit: int, standard_input: BinaryIO, say: Callable[[str], None]) -> Iterator[File | Finding]:
    for number, path in enumerate(wanted.files, 1):
        say(f"{number}/{len(wanted.files)} {collecting.shown(path)}")
        try:
            yield collecting.read(path, wanted.read_as, limit, standard_input)
        except RequestFault as fault:
            yield collecting.unchecked(collecting.shown(path), fault)


def _shapes(wanted: Wanted, limit: int) -> bytes:
    if wanted.custom_shapes is None:
        return b""
    try:
        with wanted.custom_shapes.open("rb") as stream:
            body = stream.read(limit + 1)
    except OSError as error:
        raise ShapesFault(f"{wanted.custom_shapes}: {error.strerror}.") from error
    if len(body) > limit:
        raise TooLarge(f"{wanted.custom_shapes} has more than {limit} bytes, which is the limit.")
    if not body.strip():
        raise ShapesFault(f"{wanted.custom_shapes} is empty.")
    return body
