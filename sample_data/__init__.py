"""Two invented areas, in open sea, to try the tool on: raw inputs and the truth behind them. Imports nothing of ours."""
