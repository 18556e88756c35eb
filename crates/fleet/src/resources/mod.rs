//! What process trees use: now, and over the last hours.
