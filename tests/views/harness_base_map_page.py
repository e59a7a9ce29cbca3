"""A page that shows a map on the area's base tiles: it is not part of the program."""

import streamlit as st

from tests import made_up_scene
from views import base_map
from views.live_map import live_map

st.set_page_config(layout="wide", page_title="Base map harness")
tiles = None if st.sidebar.checkbox("Without tiles") else base_map.source()
picked = live_map(made_up_scene.scene(), key="map", base_map=tiles)
st.text(f"picked: {picked.layer_id or 'ground'} {picked.key}" if picked else "picked: nothing")
