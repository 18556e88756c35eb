//! What instances use and write, as the wire has it.

use fleet::{LineLevel, LogLine, LogMatch, LogMatches, LogPage, Measure, Part, ProcessUsage, Resources, Sample};

use crate::messages::{
    LogLevelView, LogLineView, LogMatchView, LogMatches as LogMatchesView, LogPageView, MeasureView, PartView,
    ProcessView, ResourcesView, SampleView,
};

/// What an instance uses and has used.
pub(crate) fn resources_view(resources: Resources) -> ResourcesView {
    let Resources { measure, processes, recent, hours } = resources;
    ResourcesView {
        measure: match measure {
            Measure::Pss => MeasureView::Pss,
            Measure::Rss => MeasureView::Rss,
        },
        processes: processes.into_iter().map(process_view).collect(),
        recent: recent.into_iter().map(sample_view).collect(),
        hours: hours.into_iter().map(sample_view).collect(),
    }
}

fn process_view(process: ProcessUsage) -> ProcessView {
    let ProcessUsage { identity, parent, command, memory, cpu_percent, part, started_at_ms } = process;
    ProcessView {
        pid: identity.pid,
        started_at: identity.started_at.to_string(),
        parent,
        command,
        part: match part {
            Part::Server => PartView::Server,
            Part::Mcp => PartView::Mcp,
            Part::Lsp => PartView::Lsp,
            Part::Terminal => PartView::Terminal,
            Part::Tool => PartView::Tool,
        },
        memory_bytes: memory,
        cpu_percent,
        started_at_ms,
    }
}

fn sample_view(sample: Sample) -> SampleView {
    SampleView { at_ms: sample.at.as_ms(), memory_bytes: sample.memory_bytes, cpu_percent: sample.cpu_percent }
}

/// A page of output.
pub(crate) fn log_page_view(page: LogPage) -> LogPageView {
    LogPageView {
        lines: page.lines.into_iter().map(line_view).collect(),
        first: page.start.to_string(),
        next: page.next.to_string(),
        has_more: page.has_more,
        is_torn: page.skipped,
    }
}

/// Where a text was found.
pub(crate) fn log_matches_view(matches: LogMatches) -> LogMatchesView {
    let found = |LogMatch { at, line }| LogMatchView { place: at.to_string(), line: line_view(line) };
    LogMatchesView { lines: matches.lines.into_iter().map(found).collect(), has_more: matches.has_more }
}

fn line_view(line: LogLine) -> LogLineView {
    let level = line.level.map(|level| match level {
        LineLevel::Debug => LogLevelView::Debug,
        LineLevel::Info => LogLevelView::Info,
        LineLevel::Warn => LogLevelView::Warn,
        LineLevel::Error => LogLevelView::Error,
    });
    LogLineView { text: line.text, level }
}
