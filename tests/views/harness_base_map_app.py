"""The program's own server with one map on base tiles in place of its pages: same routes, same headers."""

from pathlib import Path

import streamlit as st

from app import MIDDLEWARE
from views import base_map, live_map

app = st.App(Path(__file__).with_name("harness_base_map_page.py"), routes=[*live_map.routes(), *base_map.routes()], middleware=MIDDLEWARE)
