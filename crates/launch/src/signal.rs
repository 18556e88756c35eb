//! Sending a signal. Who may get one is decided by the caller, a moment before.
