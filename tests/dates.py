"""The days that a test's records are told of. What is older than three years is not taken in, so those of a real area follow the clock."""

from datetime import UTC, datetime

LAST_YEAR = datetime.now(UTC).year - 1
"""All of it is past, and none of it is older than an area keeps."""
