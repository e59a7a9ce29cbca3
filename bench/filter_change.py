"""A filter changed on the sample town: question to answer, answer to what is sent to the browser."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import timedelta

from briefing import place, review, workspace
from layers.catalogue import LAYERS
from layers.scene import map_scene
from spaces.access import Reader, Role
from views.live_map import pack_geometry, pack_values

READER = Reader("bench", Role.PANEL_MEMBER)


def run(*, small: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SAFER_SPACES_DATA"] = folder
        start = time.perf_counter()
        area = workspace.open_sample()
        print(f"make the sample town: {time.perf_counter() - start:.1f} s")
        choices = review.choices(area)
        whole = review.Question(choices.first_day, choices.last_day)
        days = [whole.first_day + timedelta(days=at) for at in range(3 if small else 25)]
        questions = [replace(whole, first_day=day, agencies=agencies) for day in days for agencies in ((), choices.agencies[:2])]
        asked, drawn, opened = [], [], []
        for question in questions:
            begun = time.perf_counter()
            answer = review.review(area, READER, question)
            answered = time.perf_counter()
            scene = map_scene(
                area=area.area,
                ground={name: area.layer(name) for name, layer in LAYERS.items() if layer.ground},
                overlays={name: area.layer(name) for name, layer in LAYERS.items() if not layer.ground},
                cells=answer.cells,
            )
            values = pack_values(scene, scope="map", height_px=580)
            packed = time.perf_counter()
            place.open_place(area, READER, question, str(answer.places.index[0]))
            asked.append(answered - begun)
            drawn.append(packed - answered)
            opened.append(time.perf_counter() - packed)
        geometry = sum(len(pack_geometry(layer, scope="map")) for layer in scene.layers)
        for what, times in (("answer", asked), ("scene and values", drawn), ("open a place", opened)):
            print(f"{what}: median {statistics.median(times) * 1000:.0f} ms, slowest {max(times) * 1000:.0f} ms, {len(times)} changes")
        print(f"sent: {len(values) / 1000:.1f} kB of values a change; {geometry / 1000:.0f} kB of geometry once")
