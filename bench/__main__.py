"""Run every benchmark, or those named: `python -m bench [--small] [NAME …]`."""

from __future__ import annotations

import argparse
import importlib

NAMES = (
    "file_to_hotspots",
    "postcodes",
    "gazetteer",
    "geocoding",
    "imports",
    "filter_change",
    "space_profile",
    "scan",
    "quiet_worlds",
    "near_repeat",
    "reach",
    "daylight",
    "lit_share",
    "points_to_clusters",
    "base_map",
    "flags",
    "crowd",
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"any of: {', '.join(NAMES)}")
    parser.add_argument("--small", action="store_true", help="small sizes: to see that it runs, not how fast")
    asked = parser.parse_args()
    unknown = set(asked.names) - set(NAMES)
    if unknown:
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    for name in asked.names or NAMES:
        module = importlib.import_module(f"bench.{name}")
        print(f"\n== {name}: {module.__doc__.splitlines()[0]}")
        module.run(small=asked.small)


if __name__ == "__main__":
    main()
