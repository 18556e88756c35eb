//! The scripted demo model: a small OpenAI-compatible server on loopback that plays instead of thinking.
//!
//! It serves two ends with one piece of code. The tour takes a person who has no account and no network through
//! an answer, a command to allow and an edit to judge, on the real opencode. Tests make it do exactly what they need.
//!
//! Must not know the rest of the app. It looks at nothing but the request: what comes next follows from the
//! conversation in it, so that a restart of either side in the middle does no harm.
//! (The one exception: how often a failure was played, because a retry looks like the first try.)
//!
//! # Prompts without directives
//!
//! The first one of a session, and any later one that asks to see something, plays the tour:
//! text, a `bash` call, an `edit` call, closing text. Others get a line that says what this model is.
//!
//! # Directives
//!
//! A prompt that has at least one line beginning with a directive is a script; its other lines are ignored.
//! A line that begins with two spaces or a tab belongs to the directive above it (without that indentation).
//! `\n`, `\t` and `\\` in arguments mean a newline, a tab and a backslash.
//!
//! The directives are played in order. A tool directive ends the model's reply: the agent runs the tool and comes
//! back with its result, and the script goes on behind the directive, whether the tool worked or not.
//! A script whose last directive is a tool call closes with the text `Done.`
//!
//! | directive | plays |
//! | --- | --- |
//! | `@text Hello there` | that text, a word a delta, at once |
//! | `@text 200 words at 100/s` | that many words, a word a delta; without `at`, at once |
//! | `@text Hello there at 5/s` | that text at that rate |
//! | `@reason …` | the same as `@text`, as reasoning |
//! | `@markdown` | a canned answer with headings, lists, a table and code; `@markdown at 50/s` |
//! | `@deltas 5000 at 1000/s` | that many text deltas of 6 bytes; `of 100 bytes` changes the size |
//! | `@count 500 at 100/s` | `#1 #2 … #500`, a number a delta, so that each delta can be told from the others |
//! | `@bash ls -la` | a call of `bash` |
//! | `@read FILE` | a call of `read` |
//! | `@edit FILE old => new` | a call of `edit` |
//! | `@write FILE content` | a call of `write` |
//! | `@glob PATTERN`, `@grep PATTERN`, `@webfetch URL` | calls of these; the first two fail where there is no ripgrep and no network to get it from |
//! | `@todo x done \| > doing \| later` | a call of `todowrite`; `x ` and `> ` mark what is done and in progress |
//! | `@question Which? \| Red: a colour \| Blue` | a call of `question`; the part behind `:` describes an option; `\|\|` parts several questions; `@question multiple Which? …` lets several be chosen |
//! | `@task Title: prompt` | a call of `task`: the sub-agent (`general`) is prompted with that, which may be a script too: use `\n` or indented lines |
//! | `@tool NAME {"a": 1}` | a call of any tool |
//! | `@also bash ls` | any tool directive, in the same reply as the tool directive above: they run at the same time |
//! | `@error 429` | that HTTP status once, then goes on when asked again; `@error 500 3 times`, `@error 500 always`; `after 300 ms` is sent as `retry-after-ms`. Behind other output of the same reply it is an error in the stream |
//! | `@stall` | nothing until [`Model::release`] |
//! | `@cut` | the connection breaks, once; `@cut always` |
//!
//! FILE has no spaces or stands in double quotes; a relative one is taken from the agent's directory.
//!
//! Requests for a title get a short one, requests for a summary a canned one; neither plays anything.

mod chunk;
mod config;
mod conversation;
mod model;
mod player;
mod project;
mod reply;
mod script;
mod script_tools;
mod tour;

pub use config::{environment, instance_environment, opencode_config};
pub use model::Model;
pub use project::tour_project;

/// The prompt that plays the tour.
pub const TOUR_PROMPT: &str = "Show me what you can do";
