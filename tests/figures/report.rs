//! How figures are told: a line each, with the way they were taken.

use std::io::Write as _;

use anyhow::{Result, bail};

/// One figure.
pub struct Figure {
    /// What it is.
    pub name: &'static str,
    /// Its value with unit.
    pub value: String,
    /// How it was taken.
    pub method: String,
}

/// Prints figures as they come.
pub struct Report {
    failed: Vec<&'static str>,
}

impl Report {
    /// An empty one.
    pub fn new() -> Report {
        Report { failed: Vec::new() }
    }

    /// Prints what a measurement gave, or why it gave nothing.
    pub fn add(&mut self, group: &'static str, figures: Result<Vec<Figure>>) {
        let mut out = std::io::stdout().lock();
        match figures {
            Ok(figures) => {
                for figure in figures {
                    writeln!(out, "{:<44} {:<28} {}", figure.name, figure.value, figure.method).ok();
                }
            }
            Err(error) => {
                writeln!(out, "{group}: not measured: {error:#}").ok();
                self.failed.push(group);
            }
        }
        out.flush().ok();
    }

    /// Fails if something could not be measured.
    pub fn finish(self) -> Result<()> {
        if self.failed.is_empty() {
            return Ok(());
        }
        bail!("Not measured: {}", self.failed.join(", "))
    }
}

/// The value below which `share` (0 to 1) of the values lie; the values are sorted by this.
pub fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    if values.is_empty() {
        return f64::NAN;
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index within a short list"
    )]
    let index = ((values.len() - 1) as f64 * share).round() as usize;
    values[index]
}

/// Bytes as MiB.
pub fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes / (1024 * 1024))
}

/// Numbers without fractions, one after the other.
pub fn list(values: &[f64]) -> String {
    values.iter().map(|value| format!("{value:.0}")).collect::<Vec<_>>().join(", ")
}
