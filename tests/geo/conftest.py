"""What the tests of geometry and statistics share: Slough's cells, made-up disks of cells, and a server that must not be asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h3
import numpy as np
import pandas as pd
import pytest

from geo import cells, frames


def disk(rings: int, resolution: int = 9) -> cells.Cells:
    """Return the sorted cells within some rings of a cell in Slough: 3k(k + 1) + 1 of them."""
    return np.array(sorted(h3.str_to_int(cell) for cell in h3.grid_disk(h3.latlng_to_cell(51.51, -0.59, resolution), rings)), np.uint64)


@dataclass(frozen=True)
class Slough:
    """Slough in 2022, as the hotspot command sees it: points, cells, counts."""

    longitude: np.ndarray
    latitude: np.ndarray
    study: cells.StudyArea
    counts: pd.Series


@pytest.fixture(scope="session")
def slough(shared_data: Path) -> Slough:
    table = pd.read_csv(shared_data / "police_uk" / "slough-street-2018-06_2022.csv", usecols=["Month", "Longitude", "Latitude"])
    rows = table[table["Month"].str.startswith("2022")]
    longitude, latitude = rows["Longitude"].to_numpy(), rows["Latitude"].to_numpy()
    point_cells = cells.from_points(longitude, latitude, 9)
    area = frames.read_boundary(shared_data / "boundaries" / "slough-lsoa-2011.geojson")
    study = cells.study_area(area, np.unique(point_cells), 9)
    return Slough(longitude, latitude, study, cells.count_points(point_cells, study.cells))


@dataclass
class Listener:
    """An HTTP server on this machine that writes down every request made of it."""

    url: str
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append(f"{self.command} {self.path}")
            self.send_error(404)

        do_HEAD = do_POST = do_GET  # noqa: N815  the names the server looks for

        def log_message(self, *_line: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    serving.start()
    yield Listener(f"http://127.0.0.1:{server.server_port}/area.geojson", heard)
    server.shutdown()
    server.server_close()
    serving.join()
