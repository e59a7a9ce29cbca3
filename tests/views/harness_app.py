"""The program's own server with the harness page in place of its pages: same routes, same headers."""

import os
from pathlib import Path

import streamlit as st

from app import MIDDLEWARE
from views import live_map

PAGES = {"map": "harness_page.py", "cdn": "harness_cdn_page.py"}

app = st.App(
    Path(__file__).with_name(PAGES[os.environ.get("HARNESS_PAGE", "map")]),
    routes=live_map.routes(),
    middleware=[] if os.environ.get("HARNESS_WITHOUT_HEADERS") else MIDDLEWARE,
)
