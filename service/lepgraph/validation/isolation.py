"""Examines what was handed in where it can do no harm: in a process of its own, with a deadline, a limit on memory and
no way to open a file or a socket.

The process has the shapes and no store; what the published graph says it asks over its connection. It is forked from a
nursery that has made everything ready, works on one thing, and ends: nothing of one sender meets another.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired

from lepgraph.errors import EngineBusy, EngineLost, Fault, RecordFault, TooLarge, from_members
from lepgraph.store import confining, frames
from lepgraph.validation import questions
from lepgraph.validation.handing import Examiner, Outcome, Wishes
from lepgraph.validation.published import Published
from lepgraph.validation.records import File
from lepgraph.validation.tables.marked import marked

BEGUN = b"B"
"""A frame that says that what was handed in is being examined."""
_FILES = 64
"""Descriptors that may be open once all is examined, when the sender's table is written again."""
_GRACE = 5.0


@dataclass(frozen=True)
class Limits:
    """Examinations at the same time, seconds each may wait and take, and mebibytes it may use."""

    children: int = 2
    wait: float = 10.0
    seconds: float = 20.0
    megabytes: int = 1024


class Isolation:
    """Examines in processes apart; safe to use from many threads. ``source`` is where these come from."""

    def __init__(self, source: Nursery | Forking, published: Published, limits: Limits) -> None:
        self.source = source
        self.published = published
        self.limits = limits

    def examine(self, files: Sequence[File], wishes: Wishes) -> Outcome:
        """See Examiner; raises EngineBusy besides, TooLarge for what takes too long or too much memory."""
        connection = self.source.connection()
        with connection:
            channel = frames.Channel(connection)
            _limit(connection, self.limits.wait)
            try:
                _send(channel, files, wishes, self.limits.seconds)
                begun = channel.receive()
            except BlockingIOError:
                waited = f"Nothing could be checked within {self.limits.wait:g} seconds, so much is being checked."
                raise EngineBusy(waited, hint="Try again in a few seconds.") from None
            except ConnectionError:
                begun = None
            if begun is None:
                raise EngineLost("What checks records is gone.", hint="Try again in a few seconds.")
            _limit(connection, self.limits.seconds + _GRACE)
            return self._outcome(channel, time.monotonic())

    def close(self) -> None:
        """Ends the processes."""
        self.source.close()

    def _outcome(self, channel: frames.Channel, began: float) -> Outcome:
        members: dict[str, object] = {}
        marked = b""
        while True:
            frame = None
            with contextlib.suppress(BlockingIOError):
                frame = channel.receive()
            if frame is None:
                raise self._end(time.monotonic() - began)
            letter, body = frame
            if letter == questions.ASK:
                channel.put_json(frames.DATA, questions.answer(self.published, body))
                with contextlib.suppress(ConnectionError):
                    channel.flush()
            elif letter == frames.HEADER:
                members = json.loads(body)
            elif letter == frames.DATA:
                marked += body
            elif letter == frames.ERROR:
                raise from_members(json.loads(body))
            else:
                return Outcome.restored(members, marked)

    def _end(self, took: float) -> Fault:
        """Why the process is gone: by its alarm if its time was up."""
        if took >= self.limits.seconds - 0.1:
            return TooLarge(
                f"Checking took more than {self.limits.seconds:g} seconds.", hint="Hand in fewer things at a time."
            )
        return RecordFault(
            "What was handed in broke the process that checked it.", hint="Hand in smaller or simpler files."
        )


class Nursery:
    """A process that has the shapes ready and forks a child for each connection to its socket.

    One that died is started again with the next connection.
    """

    def __init__(self, root: Path, limits: Limits) -> None:
        """Begins to start it; ``root`` is the folder of the content."""
        self._told = {"root": str(root), "limits": asdict(limits)}
        self._starting = threading.Lock()
        self._closed = False
        self._ready = False
        self._begin()

    def connection(self) -> socket.socket:
        """A connection on which a child will wait; raises EngineLost if there is no nursery."""
        with self._starting:
            if not self._closed and self._process.poll() is not None:
                self._end()
                self._begin()
            if not self._ready and (self._closed or self._channel.recv(1) != b"+"):
                raise EngineLost("What checks records did not start.", hint="Start the service again.")
            self._ready = True
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.connect(f"{self.folder}/checks")
        except OSError as error:
            connection.close()
            raise EngineLost("What checks records is gone.", hint="Try again in a few seconds.") from error
        return connection

    def close(self) -> None:
        """Ends it for good."""
        with self._starting:
            self._closed, self._ready = True, False
            self._end()

    def _begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="lepgraph-"))
        self._channel, theirs = socket.socketpair()
        command = [sys.executable, "-m", "lepgraph.validation.nursery", str(theirs.fileno())]
        self._process = Popen(command, pass_fds=[theirs.fileno()], stdin=DEVNULL)
        self._channel.sendall(json.dumps({**self._told, "folder": str(self.folder)}).encode() + b"\n")
        theirs.close()
        self._ready = False
        # also where nobody closes it; not in a process that was forked from this one
        self._end = weakref.finalize(self, _ended, self._channel, self._process, self.folder, os.getpid())


def _ended(channel: socket.socket, process: Popen[bytes], folder: Path, owner: int) -> None:
    """Ends a nursery, in the process that started it."""
    if os.getpid() != owner:
        return
    with contextlib.suppress(OSError):
        channel.shutdown(socket.SHUT_RDWR)
    channel.close()
    try:
        process.wait(timeout=2)
    except TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(folder, ignore_errors=True)


class Forking:
    """Forks a child of this process for each examination; for a process without other threads."""

    def __init__(self, examiner: Callable[[Published], Examiner], limits: Limits) -> None:
        self._examiner = examiner
        self._limits = limits
        self._children: list[int] = []

    def connection(self) -> socket.socket:
        """A connection to a new child; those before it have ended."""
        self.close()
        ours, theirs = socket.socketpair()
        child = os.fork()
        if not child:
            ours.close()
            work(theirs, self._examiner, self._limits.megabytes)
        theirs.close()
        self._children.append(child)
        return ours

    def close(self) -> None:
        """Waits for the children."""
        while self._children:
            os.waitpid(self._children.pop(), 0)


def work(connection: socket.socket, examiner: Callable[[Published], Examiner], megabytes: int) -> None:
    """In a child just forked: one examination on a connection, after which the process ends."""
    code = 1
    try:
        confining.end_with_parent()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        confining.limit_memory(megabytes)
        confining.limit_descriptors(0, _FILES)
        attend(frames.Channel(connection), examiner)
        code = 0
    except ConnectionError:
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def attend(channel: frames.Channel, examiner: Callable[[Published], Examiner]) -> None:
    """Reads what is handed in, examines it under its alarm and sends the outcome."""
    request = channel.receive()
    if request is None:
        return
    told = json.loads(request[1])
    bodies = [frame[1] for _ in range(len(told["files"]) + 1) if (frame := channel.receive())]
    channel.put(BEGUN)
    channel.flush()
    signal.setitimer(signal.ITIMER_REAL, told["seconds"])
    files = [File(name, body, media) for (name, media), body in zip(told["files"], bodies, strict=False)]
    wishes = Wishes(**{**told["wishes"], "only": tuple(told["wishes"]["only"]), "own": bodies[-1]})
    try:
        outcome = examiner(questions.Asking(channel)).examine(files, wishes)
        if wishes.marked:
            confining.limit_descriptors(_FILES, _FILES)  # openpyxl writes sheets to temporary files
            outcome = replace(outcome, marked=_marked(files[0], outcome))
        channel.put_json(frames.HEADER, outcome.members())
        channel.put(frames.DATA, outcome.marked)
        channel.put(frames.END)
    except Fault as fault:
        channel.put_json(frames.ERROR, fault.members())
    except MemoryError:
        much = TooLarge("Checking took too much memory.", hint="Hand in fewer things at a time.")
        channel.put_json(frames.ERROR, much.members())
    channel.flush()


def _marked(file: File, outcome: Outcome) -> bytes:
    """The sender's table with its cells marked; nothing if it cannot be written again."""
    try:
        return marked(file, outcome.report.findings)
    except Fault:
        return b""


def _send(channel: frames.Channel, files: Sequence[File], wishes: Wishes, seconds: float) -> None:
    told = {
        "files": [(file.name, file.media) for file in files],
        "wishes": {**asdict(wishes), "own": None},
        "seconds": seconds,
    }
    channel.put_json(frames.REQUEST, told)
    for file in files:
        channel.put(frames.DATA, file.body)
    channel.put(frames.DATA, wishes.own)
    channel.flush()


def _limit(connection: socket.socket, seconds: float) -> None:
    """Ends a wait on a blocking socket after some seconds with BlockingIOError."""
    time_ = struct.pack("@ll", int(seconds), int(seconds % 1 * 1_000_000))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, time_)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, time_)
