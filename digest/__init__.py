"""digest: reads a newsroom's items, publishes Atom feeds, mails each subscriber what is new to them."""

__version__ = "0.1.0"
