"""Rates of small places, steadied: one incident among three homes is no epidemic.

Empirical Bayes with a global mean (Marshall 1991, Journal of the Royal Statistical Society C 40(2), method of moments): each rate is drawn
towards that of the whole area, the more the fewer there are to be harmed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def empirical_bayes(counts: pd.Series, exposed: pd.Series) -> pd.Series:
    """Return counts over exposed, steadied, on the index of `counts`; the area's own rate where nobody is exposed.

    Where the rates differ by no more than chance would have them differ, all are the area's.
    """
    n, x = exposed.to_numpy(float), counts.to_numpy(float)
    everyone = n.sum()
    if not everyone > 0:
        return pd.Series(np.nan, index=counts.index, name="rate")
    mean = x.sum() / everyone
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = np.where(n > 0, x / n, mean)
        between = max(0.0, float((n * (rate - mean) ** 2).sum() / everyone - mean / (everyone / len(n))))
        trust = np.where(n > 0, between / (between + mean / n), 0.0) if between or mean else np.zeros(len(n))
    return pd.Series(mean + np.nan_to_num(trust) * (rate - mean), index=counts.index, name="rate")
