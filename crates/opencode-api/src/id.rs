//! opencode's ids. Each kind is its own type, so that a session's id cannot be taken for a message's.

use std::fmt;

use serde::Deserialize;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as opencode writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// `ses_…`. Newer sessions have smaller ids.
    SessionId
}
id! {
    /// `msg_…`.
    MessageId
}
id! {
    /// `prt_…`.
    PartId
}
id! {
    /// `per_…` of a permission request or `que_…` of a question.
    RequestId
}
