"""Speed, memory and calibration, measured: `make bench`, or `python -m bench --small` to see that every part still runs."""
