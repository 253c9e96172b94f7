"""``python -m lepgraph.cli`` is the command ``lepgraph``."""

from lepgraph.cli import main

main()
