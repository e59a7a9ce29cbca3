"""The page of the youth route alone, for tests that read what it says: in the language and by the reader that the session names."""

import streamlit as st

from views import flag
from words import speaking

with speaking(st.session_state.get("spoken", "en")):
    flag.page()
