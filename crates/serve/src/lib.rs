//! The HTTP host: the bridge's operations, its pushes and the UI, for browsers and for command lines.
//!
//! Loopback only, and only with the token. It knows nothing of what the operations do; whatever is declared in the bridge is reachable here.
//!
//! | request | answer |
//! | --- | --- |
//! | `POST /bridge/call/{name}` | the operation's reply; the body is its request, `x-portal-window` says who calls, `x-portal-request` is the request id |
//! | `GET /bridge/pushes?window=ID` | server-sent events, one push each |
//! | `GET /…` | the UI |
//!
//! Errors are a `Failure` as JSON, with a status that fits.
#![deny(missing_docs)]

mod answer;
mod assets;
mod browser;
mod calls;
mod gate;
mod pushes;
mod server;
mod site;
mod token;

pub use browser::Browser;
pub use server::{ServeError, listen, serve};
pub use site::{Site, app};
pub use token::{Token, TokenError};
