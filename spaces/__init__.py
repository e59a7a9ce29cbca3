"""The domain: what partners recorded, the places it happened in, and what is being done about those places."""
