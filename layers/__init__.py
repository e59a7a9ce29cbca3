"""What a place is like: light, alleys, parks, safe places, and what to draw of them."""
