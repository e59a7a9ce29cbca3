"""Pure geometry and statistics: frames in, indexed results out; nothing here knows of children, partners or screens."""
