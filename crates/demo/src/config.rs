//! What opencode has to be told so that it uses the demo model and nothing else.

use serde_json::{Value, json};

/// Variables that keep opencode from the network.
const OFFLINE: [(&str, &str); 4] = [
    ("OPENCODE_DISABLE_AUTOUPDATE", "1"),
    ("OPENCODE_DISABLE_LSP_DOWNLOAD", "1"),
    ("OPENCODE_DISABLE_MODELS_FETCH", "1"),
    ("OPENCODE_DISABLE_DEFAULT_PLUGINS", "1"),
];

/// opencode's configuration for the demo model at `base_url` (see [`crate::Model::base_url`]).
/// Commands and edits need permission, nothing is shared, and no other provider is offered.
pub fn opencode_config(base_url: &str) -> Value {
    json!({
        "$schema": "https://opencode.ai/config.json",
        "provider": {
            "demo": {
                "npm": "@ai-sdk/openai-compatible",
                "name": "Demo",
                "options": { "baseURL": base_url, "apiKey": "none" },
                "models": {
                    "scripted": {
                        "name": "Scripted demo model",
                        "reasoning": true,
                        "tool_call": true,
                        "limit": { "context": 200_000, "output": 32_000 },
                    },
                },
            },
        },
        "enabled_providers": ["demo"],
        "model": "demo/scripted",
        "small_model": "demo/scripted",
        "permission": { "bash": "ask", "edit": "ask" },
        "autoupdate": false,
        "share": "disabled",
    })
}

/// Variables that keep opencode offline, so that it starts and works without any network.
pub fn environment() -> Vec<(String, String)> {
    OFFLINE.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Everything that an instance needs in its environment to use the demo model at `base_url`.
/// The configuration wins over the user's own without touching it.
pub fn instance_environment(base_url: &str) -> Vec<(String, String)> {
    let mut variables = environment();
    variables.push(("OPENCODE_CONFIG_CONTENT".to_owned(), opencode_config(base_url).to_string()));
    variables
}
