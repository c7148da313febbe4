"""config.yaml as frozen settings; whatever is wrong with it is told at once, each with its place and a cure."""
