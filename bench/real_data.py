"""The data of others, which is no part of this project: a benchmark that would use it does without where it is not there."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(os.environ.get("SAFER_SPACES_REAL_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
"""Beside the checkout, or where the setting says."""

RUTLAND = FOLDER / "osm" / "rutland-2022-07.osm.pbf"
"""A county of OpenStreetMap."""
