"""A page that shows the map alone, with the controls that tests turn: it is not part of the program."""

import streamlit as st

from tests import made_up_scene
from views.live_map import live_map

st.set_page_config(layout="wide", page_title="Map harness")


def other() -> None:
    st.write("Another page")


def page() -> None:
    seed = int(st.sidebar.number_input("Seed", 1, 100, 1))
    resolution = int(st.sidebar.number_input("Resolution", 9, 12, 10))
    hostile = st.sidebar.checkbox("Hostile names")
    ground = st.sidebar.checkbox("Pick ground")
    choose = st.sidebar.checkbox("Choose")
    scene = made_up_scene.scene(
        seed=seed, resolution=resolution, name=made_up_scene.HOSTILE if hostile else "", chosen="cluster 1" if choose else None
    )
    picked = live_map(scene, key="map", pick_ground=ground)
    st.text(f"picked: {picked.layer_id or 'ground'} {picked.key}" if picked else "picked: nothing")


st.navigation([st.Page(page, title="Map", url_path="map", default=True), st.Page(other, title="Other", url_path="other")]).run()
