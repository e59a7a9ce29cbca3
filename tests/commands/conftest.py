"""The command line as a person meets it: in this process for speed, in one of its own where that is what is asked about."""

from __future__ import annotations

import io
import re
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import commands
from briefing import workspace
from geo import frames
from tests.browser import ROOT

PROGRAM = Path(sys.executable).with_name("safer-spaces")

TOWN = shapely.box(497_000, 178_000, 501_000, 182_000)
"""Four kilometres square in Slough, in metres: about 152 cells of resolution 9."""


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left: its exit code and what it said on either stream."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """Return the one line that a refusal says, having checked that there is only that."""
        assert self.out == ""
        assert "Traceback" not in self.err
        (line,) = self.err.splitlines()
        assert re.search(r"(\.|(safer-spaces [\w -]+|SOURCE))$", line), "it ends as a sentence or with the command that helps"
        return line


def run(*arguments: object) -> Ran:
    """Run the real `main()` in this process, its streams no terminal."""
    argv, on_terminate, out, err = sys.argv, signal.getsignal(signal.SIGTERM), io.StringIO(), io.StringIO()
    sys.argv = ["safer-spaces", *map(str, arguments)]
    code: object = 0
    try:
        with redirect_stdout(out), redirect_stderr(err):
            commands.main()
    except SystemExit as stopped:
        code = stopped.code
    finally:
        sys.argv = argv
        signal.signal(signal.SIGTERM, on_terminate)
    assert isinstance(code, int)
    return Ran(code, out.getvalue(), err.getvalue())


def run_apart(*arguments: object, program: object = PROGRAM, **how: object) -> Ran:
    """Run the console script, or Python code of a test's own, in a process of its own with no terminal."""
    command = [str(program)] if program == PROGRAM else [sys.executable, "-c", str(program)]
    done = subprocess.run([*command, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=120, **how)
    return Ran(done.returncode, done.stdout, done.stderr)


def names(folder: Path) -> list[str]:
    """Return everything that is in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())


def save_boundary(area: shapely.Geometry, path: Path) -> Path:
    shape = gpd.GeoSeries([area], crs=frames.BRITISH_NATIONAL_GRID)
    frames.in_degrees(shape).to_file(path, driver="GeoJSON")
    return path


def incidents(n: int, *, at: tuple[float, float] | None = None, seed: int = 0) -> pd.DataFrame:
    """Return made-up incidents over the town, or within 150 m of a spot, in canonical columns."""
    rng = np.random.default_rng(seed)
    west, south, east, north = TOWN.bounds if at is None else shapely.Point(at).buffer(150).bounds
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 366, n), "D")
    return pd.DataFrame(
        {
            "agency": "Police",
            "incident_id": [f"P{seed}-{i}" for i in range(n)],
            "occurred_from": days.strftime("%Y-%m-%d"),
            "child_ref": [f"C{child}" for child in rng.integers(0, 400, n)],
            "easting": rng.uniform(west, east, n).round(),
            "northing": rng.uniform(south, north, n).round(),
        }
    )


@dataclass(frozen=True)
class Town:
    """Files of a made-up town: enough incidents, too few, its boundary; and a folder with an old result in it."""

    dense: Path
    sparse: Path
    boundary: Path


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder = tmp_path_factory.mktemp("town")
    made = Town(folder / "dense.csv", folder / "sparse.csv", save_boundary(TOWN, folder / "boundary.geojson"))
    everything = pd.concat([incidents(2000), incidents(300, at=(498_500, 179_500), seed=1)])
    everything.to_csv(made.dense, index=False)
    incidents(200, seed=2).to_csv(made.sparse, index=False)
    return made


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the sample town, whose layers and gazetteer serve for an area of real data too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SAFER_SPACES_DATA", str(tmp_path_factory.mktemp("sample")))
        sample = workspace.open_sample()
    sample.register.close()
    return sample.folder
