//! Any operation of an instance's own server, passed through.

use bytes::Bytes;
use fleet::{Forwarded, Method};

use crate::convert::{internal, invalid};
use crate::messages::{Forward, ForwardHead};
use crate::{Core, Failure};

/// Whether a forward has no effect, and so needs no request id.
pub(crate) fn is_read(request: &Forward) -> bool {
    request.method == "GET"
}

pub(crate) async fn forward(core: &Core, request: Forward) -> Result<Bytes, Failure> {
    let Forward { instance, method, path, query, directory, body } = request;
    let method = method.parse::<Method>().map_err(|error| invalid(error.to_string()))?;
    let body = body.map(Bytes::from);
    let forward = fleet::Forward { method, path, query, directory, body };
    let Forwarded { status, headers, body } = core.fleet.forward(&instance.into(), forward).await?;
    framed(&ForwardHead { status, headers }, &body)
}

/// A head as one line of JSON, a newline, and the body.
fn framed(head: &ForwardHead, body: &[u8]) -> Result<Bytes, Failure> {
    let mut reply = serde_json::to_vec(head).map_err(|error| internal("The reply could not be written", &error))?;
    reply.reserve_exact(1 + body.len());
    reply.push(b'\n');
    reply.extend_from_slice(body);
    Ok(reply.into())
}
