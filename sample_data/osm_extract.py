"""Write OpenStreetMap-style features as a PBF extract. Metres in, degrees out."""

from dataclasses import dataclass, field
from pathlib import Path as File

import osmium
from osmium.osm.mutable import Node, Relation, Way

from sample_data.plane import Path, Point, degrees

# Invented numbers, far from the first ones of the real map, so that nobody looks them up there.
FIRST_NODE, FIRST_WAY, FIRST_RELATION = 100_001, 20_001, 3_001


@dataclass(frozen=True)
class Feature:
    """One thing on the map: a point, an open path or a closed outline, in EPSG:27700 metres; `holes` make it a multipolygon."""

    tags: dict[str, str]
    path: tuple[Point, ...]
    holes: tuple[tuple[Point, ...], ...] = field(default=())

    @property
    def name(self) -> str:
        """Give its name, or nothing."""
        return self.tags.get("name", "")


def feature(path: Path, *holes: Path, **tags: str) -> Feature:
    """Make a feature; coordinates to 10 cm so that what meets shares a node, and `__` in a tag name stands for `:`."""
    rounded = [tuple((round(x, 1), round(y, 1)) for x, y in ring) for ring in (path, *holes)]
    return Feature({key.replace("__", ":"): value for key, value in tags.items()}, rounded[0], tuple(rounded[1:]))


class _Numbers:
    """Give every coordinate one node number, and every feature its OpenStreetMap identifier."""

    def __init__(self, features: list[Feature]) -> None:
        self.node_tags: dict[Point, dict[str, str]] = {}
        self.ways: list[tuple[tuple[Point, ...], dict[str, str]]] = []
        self.relations: list[tuple[list[tuple[str, int, str]], dict[str, str]]] = []
        self.identifiers: list[str] = []
        for item in features:
            self._place(item)
        self.nodes = {point: FIRST_NODE + at for at, point in enumerate(self.node_tags)}
        self.identifiers = [known or f"node/{self.nodes[item.path[0]]}" for item, known in zip(features, self.identifiers, strict=True)]

    def _place(self, item: Feature) -> None:
        for ring in (item.path, *item.holes):
            for point in ring:
                self.node_tags.setdefault(point, {})
        if len(item.path) == 1:
            self.node_tags[item.path[0]].update(item.tags)
            self.identifiers.append("")
        elif item.holes:
            members = [("w", self._way(ring, {}), role) for ring, role in ((item.path, "outer"), *((hole, "inner") for hole in item.holes))]
            self.relations.append((members, {"type": "multipolygon"} | item.tags))
            self.identifiers.append(f"relation/{FIRST_RELATION + len(self.relations) - 1}")
        else:
            self.identifiers.append(f"way/{self._way(item.path, item.tags)}")

    def _way(self, ring: tuple[Point, ...], tags: dict[str, str]) -> int:
        self.ways.append((ring, tags))
        return FIRST_WAY + len(self.ways) - 1


def identifiers(features: list[Feature]) -> list[str]:
    """Give each feature's identifier, such as way/20001, in their order."""
    return _Numbers(features).identifiers


def write(features: list[Feature], file: File) -> None:
    """Write the extract, the same bytes each time: uncompressed (zlib differs by machine), no times, no users."""
    numbers = _Numbers(features)
    file.unlink(missing_ok=True)
    header = osmium.io.Header()
    header.set("generator", "safer-spaces sample data")
    target = osmium.io.File(str(file), "pbf,pbf_compression=none,add_metadata=false")
    with osmium.SimpleWriter(target, header=header) as writer:
        for point, tags in numbers.node_tags.items():
            writer.add_node(Node(id=numbers.nodes[point], location=degrees(point, 7), tags=tags))
        for at, (ring, tags) in enumerate(numbers.ways):
            writer.add_way(Way(id=FIRST_WAY + at, nodes=[numbers.nodes[point] for point in ring], tags=tags))
        for at, (members, tags) in enumerate(numbers.relations):
            writer.add_relation(Relation(id=FIRST_RELATION + at, members=members, tags=tags))
