//! Variables that WebKitGTK reads once, when it starts.
//!
//! The only place with unsafe code.
#![allow(unsafe_code)]

/// Sets what the web view needs. Must be called first in `main`.
///
/// WebKitGTK's DMABUF renderer shows an empty window with some drivers (NVIDIA) and ends with a protocol error on some Wayland compositors; nothing tells beforehand. The older path works everywhere. Who sets `WEBKIT_DISABLE_DMABUF_RENDERER` to anything, `0` included, keeps that.
pub fn prepare_environment() {
    #[cfg(target_os = "linux")]
    {
        const DMABUF: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
        if std::env::var_os(DMABUF).is_none() {
            // SAFETY: `main` calls this before anything else, so this is the only thread and nobody reads the environment at the same time.
            unsafe { std::env::set_var(DMABUF, "1") };
        }
    }
}
