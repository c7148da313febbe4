"""Polls feeds with the library `reader`, as its documentation says: _peer_reader.py DATABASE add URLS | update."""

import sys
from pathlib import Path

from reader import make_reader

reader = make_reader(sys.argv[1])
if sys.argv[2] == "add":
    for url in Path(sys.argv[3]).read_text(encoding="utf-8").split():
        reader.add_feed(url)
else:
    failed = sum(isinstance(one.value, Exception) for one in reader.update_feeds_iter(scheduled=False, workers=10))
    sys.stdout.write(f"{failed} failed, {reader.get_entry_counts().total} entries\n")
