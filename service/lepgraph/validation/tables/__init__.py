"""Tables: ``deriving`` makes templates of shapes, ``offering`` writes them, ``delimited`` and ``workbooks`` read."""
