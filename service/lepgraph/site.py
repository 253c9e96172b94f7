"""One graph, ready to be served: content, built version, stores, and what is worked out once for all requests."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rdflib import Literal

from lepgraph import completing, counting, withdrawals
from lepgraph.addresses import Addresses
from lepgraph.choosing import Choices
from lepgraph.content import Content
from lepgraph.counting import Counts, Extents
from lepgraph.datasets import Dataset, datasets
from lepgraph.describing import Describer
from lepgraph.distributing import apart
from lepgraph.distributing import building as distributing
from lepgraph.distributing.offering import Distributions, nothing
from lepgraph.documenting.rules import Rules
from lepgraph.documenting.vocabularies import Documenter
from lepgraph.links import Links
from lepgraph.listing.rows import Lists
from lepgraph.loading import building, files
from lepgraph.loading.building import Progress, Version, quiet
from lepgraph.markup import Markup
from lepgraph.ordering import Order
from lepgraph.picturing import Outlines
from lepgraph.provenance import Provenance
from lepgraph.quality.completeness import Completeness
from lepgraph.querying import Library
from lepgraph.releases import releasing
from lepgraph.releases.comparison import Comparisons
from lepgraph.releases.history import History
from lepgraph.remembering import Memory
from lepgraph.searching import index
from lepgraph.searching.entries import Gatherer
from lepgraph.searching.index import Index
from lepgraph.sections import Sectioner
from lepgraph.settings import Settings
from lepgraph.shelf import Shelf
from lepgraph.store import Query, Store
from lepgraph.store.clauses import endpoints
from lepgraph.store.embedded import Embedded
from lepgraph.store.endpoints import Health
from lepgraph.store.isolated import Isolated, Limits
from lepgraph.store.remote import Remote
from lepgraph.validation import isolation
from lepgraph.validation.checking import Validator
from lepgraph.validation.isolation import Isolation
from lepgraph.validation.published import Stored
from lepgraph.validation.readiness import Ready
from lepgraph.validation.reading import Published as Context
from lepgraph.validation.results import Results
from lepgraph.withdrawals import Withdrawal

logger = logging.getLogger(__name__)


@dataclass
class Site:
    """What the web and the command line work with. ``store`` answers our own queries, ``outside`` those of others."""

    settings: Settings
    content: Content
    version: Version
    store: Store
    outside: Store

    @property
    def endpoints(self) -> list[Health]:
        """How the endpoints elsewhere do, each asked now; none if this process holds the data."""
        return self.outside.examine() if isinstance(self.outside, Remote) else []

    @cached_property
    def addresses(self) -> Addresses:
        """The URI policy."""
        return self.content.addresses

    @cached_property
    def datasets(self) -> dict[str, Dataset]:
        """The datasets that the catalogue offers, by key; the whole is the first."""
        return datasets(self.content)

    @cached_property
    def distributions(self) -> Distributions:
        """The files of the datasets, built now if they are not kept; none if stores elsewhere hold another version."""
        if not self.versioned and not self.version.files:
            return nothing(self.version)
        return distributing.current(self.version, self.content, self.datasets.values(), lambda: self.order)

    @cached_property
    def library(self) -> Library:
        """The stored queries."""
        return Library(self.content)

    @cached_property
    def describer(self) -> Describer:
        """Describes subjects, in the order of the shapes."""
        everywhere = bool(self.version.files)
        return Describer(self.store, self.library, self.addresses, self.order, everywhere)

    @cached_property
    def shelf(self) -> Shelf:
        """Where what was worked out of this version is kept."""
        return Shelf(self.version.snapshot.parent, f"{self.version.digest} {self.content.state}")

    @property
    def _own_shelf(self) -> Shelf | None:
        """The shelf, if what is asked of the store is the same at each start."""
        return None if self.version.files or isinstance(self.store, Remote) else self.shelf

    @cached_property
    def order(self) -> Order:
        """The order of properties."""
        return Order.read(self.shelf.value("order", lambda: Order.from_shapes(self.content.shapes).written()))

    @cached_property
    def choices(self) -> Choices:
        """What the parameters of the questions can be."""
        return Choices(self.content, self.library, self.store, self.describer, self._own_shelf)

    @cached_property
    def outlines(self) -> Outlines:
        """The outlines of geometries."""
        return Outlines(self.store, self.library)

    @cached_property
    def sections(self) -> Sectioner:
        """What stored queries add to the pages of things."""
        return Sectioner(self.store, self.library, self.describer, self.content.hierarchy, self.outlines)

    @cached_property
    def documenter(self) -> Documenter:
        """Documents the vocabularies."""
        return Documenter(self.content, self.library, self.store, self.describer, self.counts)

    @cached_property
    def rules(self) -> Rules:
        """Documents the shapes."""
        return Rules(self.content.shapes, self.describer, f"{self.addresses.base}shape/")

    @cached_property
    def markup(self) -> Markup:
        """Describes subjects to search engines."""
        return Markup(self.content, self.library, self.store)

    @cached_property
    def withdrawn(self) -> dict[str, Withdrawal]:
        """The identifiers that were withdrawn, by path."""
        return withdrawals.withdrawn(self.content)

    @cached_property
    def context(self) -> Context:
        """The JSON-LD context that records may name."""
        assert self.ready.kit.context is not None
        return self.ready.kit.context

    @cached_property
    def published(self) -> Stored:
        """What the graph says to those who check records."""
        return Stored(self.store, self.library, self.describer)

    @cached_property
    def validator(self) -> Validator:
        """Checks records against the shapes."""
        return Validator(self.ready.kit.shapes, self.published)

    @cached_property
    def ready(self) -> Ready:
        """What examining needs of the content."""
        return Ready(self.content)

    @cached_property
    def results(self) -> Results:
        """The results of checks."""
        return Results(self.settings.state, self.settings.result_hours, self.settings.results)

    @cached_property
    def isolation(self) -> Isolation:
        """Checks what is handed in, in processes apart, which begin to start when this is first asked for."""
        bounds = isolation.Limits(
            children=self.settings.workers,
            wait=self.settings.queue_seconds,
            seconds=self.settings.check_seconds,
            megabytes=self.settings.query_memory,
        )
        return Isolation(isolation.Nursery(self.content.root, bounds), self.published, bounds)

    @cached_property
    def completeness(self) -> Completeness:
        """Which records lack which of the properties that the shapes ask for."""
        return Completeness(self.content, self.library, self.store, self.describer, self._own_shelf)

    @cached_property
    def provenance(self) -> Provenance:
        """What sources and named graphs hold."""
        return Provenance(self.store, self.library, self.describer)

    @cached_property
    def index(self) -> Index:
        """The full-text index of the dataset."""
        gatherer = Gatherer(self.content, self.library, self.store, self.describer)
        return index.kept(gatherer, self.version.snapshot, self.version.digest)

    @cached_property
    def lists(self) -> Lists:
        """The lists of things, each kept from the first view of it on."""
        return Lists(self.library, self.store, self.describer)

    @cached_property
    def history(self) -> History:
        """The versions of the dataset, and what each said."""
        return releasing.kept(self.content, self.version)

    @cached_property
    def comparisons(self) -> Comparisons:
        """What is different between versions."""
        return Comparisons(self.history, self.addresses)

    @cached_property
    def memory(self) -> Memory:
        """Things as versions described them."""
        return Memory(self.history, self.library, self.addresses, self.order)

    @cached_property
    def versioned(self) -> bool:
        """Whether what is served is a build of the content, so that its versions are known."""
        if isinstance(self.store, Remote) and self.settings.any_version:
            with self.version.dump.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.version.digest
        return not self.version.files

    @cached_property
    def counts(self) -> Counts:
        """What harvesters are told of the dataset's size."""
        if isinstance(self.store, Remote):
            return counting.counted(self.store, self.library)
        return counting.kept(self.store, self.library, self.shelf)

    @cached_property
    def extents(self) -> Extents:
        """How much there is in each part of the dataset, and where its links lead."""
        return counting.extents(self.store, self.library, self.content, self.datasets.values(), self._own_shelf)

    @cached_property
    def terms(self) -> str:
        """What a query editor offers, as JSON."""
        return completing.terms(self.store, self.library, self.content.prefixes, self.counts)

    @cached_property
    def links(self) -> Links:
        """The short links to queries."""
        return Links(self.settings.state, self.settings.links)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """How many things each concept of the catalogue has, by segment."""
        numbers = {}
        for concept in self.content.catalogue.concepts.values():
            space = Literal(self.addresses.thing(concept.segment, ""))
            text = self.library.pages["numbers"].bound({"class": concept.iri, "space": space})
            numbers[concept.segment] = int(str(self.store.solutions(Query(text))[0]["number"]))
        return numbers

    def prepare(self, progress: Progress = quiet) -> None:
        """Works out what first requests would wait for, and keeps it; quick but for the first start of a version."""
        with apart.begun(self.version, self.content, progress) if self.versioned else nullcontext():
            self._work_out()
        logger.debug("%d files for download", len(self.distributions.all))
        self.results.clear()

    def _work_out(self) -> None:
        logger.debug("%d identifiers withdrawn", len(self.withdrawn))  # so that a fault in the file stops the start
        logger.debug("%d triples, %d kinds of links", self.counts.triples, len(self.extents.links))
        logger.debug("index %s, order of %d classes", self.index.path, len(self.order.places))
        logger.debug("choices for %d parameters", len(self.choices.kept))
        if self.versioned:
            logger.debug("%d versions", len(self.history.releases))
        if self._own_shelf:
            logger.debug("completeness of %d classes", len(self.completeness.tables))
        logger.debug("%d questions", len(self.library.questions))

    def close(self) -> None:
        """Ends the workers."""
        for kept in {"index", "history"} & self.__dict__.keys():
            self.__dict__[kept].close()
        if "isolation" in self.__dict__:
            self.isolation.close()
        self.outside.close()
        self.store.close()


def prepare(content: Content, settings: Settings, data: Sequence[Path] = (), progress: Progress = quiet) -> Version:
    """The version to serve: the content's own, or that of the files given in place of it."""
    if data:
        return files.version(data, content, settings.cache)
    return building.current(content, settings.cache, progress)


def opened(
    content: Content, settings: Settings, version: Version, progress: Progress = quiet, *, forking: bool = False
) -> Site:
    """A site with its stores open: those elsewhere if the settings name any, or else our own.

    Our own are the embedded one for our queries and isolated workers for those from outside. Their keeper loads in a
    process of its own while this one loads too; or it is forked from this one once that has loaded, which is quicker
    and saves memory, where this one has no other threads.
    """
    if settings.stores:
        return over(content, settings, version)
    loaded = _embedded(content, settings, version) if forking and not settings.disk else None
    with ExitStack() as undo:
        outside = Isolated(version.snapshot, limits(settings), content.prefixes, loaded)
        undo.callback(outside.close)
        store = loaded or _embedded(content, settings, version)
        outside.wait()
        site = Site(settings, content, version, store, outside)
        site.prepare(progress)
        undo.pop_all()
    return site


def over(content: Content, settings: Settings, version: Version) -> Site:
    """A site over stores elsewhere, which answer all queries; this process holds no data and starts no workers.

    Raises ParameterFault if one of them holds another version, and EngineFault if none can be asked.
    """
    from lepgraph import publishing  # noqa: PLC0415 - the HTTP client takes a fifteenth of a second

    version, graphs = publishing.agreed(settings, version, Library(content), content.addresses)
    store = Remote(
        settings.stores.split(),
        settings.query_seconds,
        settings.default_graph,
        graphs,
        most=settings.answer_megabytes * 1024 * 1024,
        prefixes=content.prefixes,
    )
    site = Site(settings, content, version, store, store)
    site.prepare()
    return site


def outside(content: Content, settings: Settings, version: Version) -> Isolated | Remote:
    """What answers queries from outside over another version: workers that have loaded it, or stores that hold it."""
    if settings.stores:
        return over(content, settings, version).outside  # type: ignore[return-value]  # it is the one made there
    pool = Isolated(version.snapshot, limits(settings), content.prefixes)
    try:
        pool.wait()
    except BaseException:
        pool.close()
        raise
    return pool


def joined(content: Content, settings: Settings, version: Version, pool: Path | None) -> Site:
    """A site whose queries from outside go to the workers that another process keeps, in the folder ``pool``.

    Without a pool the stores elsewhere answer, which were looked at when the version was prepared.
    """
    if pool is None:
        return over(content, settings, version)
    store = _embedded(content, settings, version)
    site = Site(settings, content, version, store, Isolated.joined(pool, limits(settings)))
    site.prepare()
    return site


def limits(settings: Settings) -> Limits:
    """The limits of queries from outside."""
    return Limits(
        workers=settings.workers,
        wait=settings.queue_seconds,
        seconds=settings.query_seconds,
        megabytes=settings.query_memory,
        queue=settings.queue_length,
        services=endpoints(settings.services),
    )


def _embedded(content: Content, settings: Settings, version: Version) -> Embedded:
    if settings.disk:
        return Embedded.on_disk(version.snapshot, version.snapshot.parent / "store", content.prefixes)
    return Embedded.load(version.snapshot, content.prefixes)


def inside(content: Content, settings: Settings, progress: Progress = quiet) -> Site:
    """A site for the command line: no workers, since nothing comes from outside."""
    version = prepare(content, settings, progress=progress)
    store = Embedded.load(version.snapshot, content.prefixes, endpoints(settings.services))
    return Site(settings, content, version, store, store)
