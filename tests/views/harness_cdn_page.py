"""A page that asks another machine for a script, as plain folium does: the guards must see it."""

import streamlit as st

ASK = """
export default function () {
  const script = document.createElement('script');
  script.src = 'https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js';
  document.head.append(script);
}
"""

st.components.v2.component("asks_another_machine", js=ASK)(key="ask")
st.text("ready")
