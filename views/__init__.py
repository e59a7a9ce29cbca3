"""The screens: each page chooses, computes through `briefing`, and shows."""
