"""Going to another page, or to a part of this one that has just changed, for who cannot see that it did: on a phone it is below."""

from __future__ import annotations

import streamlit as st

_GO = """
export default function ({ data }) {
  if (window.saferSpacesWentTo === data.occasion) return;
  window.saferSpacesWentTo = data.occasion;
  const look = (left) => {
    const part = document.getElementById(data.part);
    if (!part) { if (left) setTimeout(look, 50, left - 1); return; }
    part.focus({ preventScroll: true });
    const { top } = part.getBoundingClientRect();
    if (top < 0 || top > window.innerHeight * 0.8) part.scrollIntoView({ block: 'start' });
  };
  look(40);
}
"""

_go = st.components.v2.component("safer_spaces_go_to", js=_GO, isolate_styles=False)


def go_to(part: str, occasion: str) -> None:
    """Put the focus on the part of that id, once for each occasion, and bring it on to the screen where it is not."""
    _go(key="go-to", data={"part": part, "occasion": occasion}, height=1)


def to_page(address: str) -> None:
    """Show another page by its address, all that Streamlit knows a page by: neither page has to import the other."""
    st.switch_page(st.Page(_elsewhere, title=address, url_path=address))


def _elsewhere() -> None:
    """Stand for the page that is shown by its address."""
