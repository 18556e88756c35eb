//! Reading what engines write.

use std::time::SystemTime;

use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// A time as engines write it; none for the first day of all, which means "never".
pub(super) fn time_of(text: &str) -> Option<SystemTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    (time > OffsetDateTime::UNIX_EPOCH).then(|| time.into())
}
