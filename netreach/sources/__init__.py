"""Outside -> Snapshot: one file a format; the only package that knows outside spellings."""
