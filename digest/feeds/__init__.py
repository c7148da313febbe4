"""items → Atom bytes → files that readers can trust: build, check, publish."""
