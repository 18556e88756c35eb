use std::{path::PathBuf, sync::Arc};

use super::*;

fn process(pid: u32, parent: u32, command: &str) -> SeenProcess {
    SeenProcess {
        pid,
        parent,
        started_at: 1,
        started_at_ms: None,
        age: Duration::from_mins(1),
        spent: Duration::from_secs(2),
        resident: 0,
        executable: PathBuf::new(),
        name: String::new(),
        command: Arc::new(command.split(' ').map(str::to_owned).collect()),
    }
}

#[test]
fn what_a_child_starts_is_of_its_part() {
    let tree = [
        process(10, 1, "node wrapper.js"),
        process(9, 10, "opencode serve"),
        // Its parent has the greater number.
        process(11, 40, "node server.js"),
        process(40, 9, "npx some-mcp"),
        process(12, 9, "/bin/bash -l"),
        process(13, 12, "gopls"),
        process(14, 9, "gopls"),
        process(15, 9, "sh -c make"),
        process(16, 15, "opencode run"),
        // An orphan.
        process(17, 1, "clangd"),
        // A circle.
        process(18, 19, "a"),
        process(19, 18, "b"),
    ];
    let parts = parts(&tree, &[]);
    for (part, pids) in [
        (Part::Server, vec![10, 9]),
        (Part::Mcp, vec![40, 11]),
        (Part::Terminal, vec![12, 13]),
        (Part::Lsp, vec![14, 17]),
        (Part::Tool, vec![15, 16, 18, 19]),
    ] {
        for pid in pids {
            assert_eq!(parts.get(&pid), Some(&part), "{pid}");
        }
    }
}

#[test]
fn a_share_is_of_the_time_in_between() {
    let second = Duration::from_secs(1);
    let old = process(1, 1, "x");
    let is = |share: f32, expected: f32| assert!((share - expected).abs() < 0.01, "{share} {expected}");
    is(percent(&old, Some(second), 2 * second), 50.0);
    is(percent(&old, Some(Duration::ZERO), second), 200.0);
    is(percent(&old, Some(3 * second), second), 0.0);
    is(percent(&old, None, second), 0.0);
    let new = SeenProcess { age: second, ..old };
    is(percent(&new, None, 4 * second), 50.0);
}
