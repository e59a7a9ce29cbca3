"""Tiles of OS Open Names to test with, invented in the form of the published ones."""

from __future__ import annotations

import csv
import gzip
import io

from geo import open_names

ROAD = {
    "ID": "osgb4000000015636108", "NAMES_URI": "http://data.ordnancesurvey.co.uk/id/4000000015636108", "NAME1": "High Street",
    "TYPE": "transportNetwork", "LOCAL_TYPE": "Named Road", "GEOMETRY_X": "486029", "GEOMETRY_Y": "308920", "MBR_XMIN": "485984",
    "MBR_YMIN": "308766", "MBR_XMAX": "486087", "MBR_YMAX": "309072", "POSTCODE_DISTRICT": "LE15", "POPULATED_PLACE": "Oakham",
    "COUNTY_UNITARY": "Rutland", "REGION": "East Midlands", "COUNTRY": "England",
}  # fmt: skip


def tile(path, *rows, header=None, mark="\ufeff", end="\r\n"):
    """Write a tile: each row is the road but for what it says of itself."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end)
    columns = header or open_names.COLUMNS
    if header:
        writer.writerow(header)
    for number, row in enumerate(rows):
        writer.writerow([({"ID": f"osgb{number}"} | ROAD | row).get(name, "") for name in columns])
    content = (mark + text.getvalue()).encode()
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path
