//! What a server says when it refuses.

use serde_json::Value;

use crate::ApiError;

/// What the server says when it cannot read a configuration: `{name: "Config…Error", data: {path, message | issues}}`.
pub(crate) fn refused_configuration(body: &[u8]) -> Option<ApiError> {
    let value: Value = serde_json::from_slice(body).ok()?;
    let name = value["name"].as_str()?;
    if !(name.starts_with("Config") && name.ends_with("Error")) {
        return None;
    }
    let file = value.pointer("/data/path").and_then(Value::as_str)?.to_owned();
    let issue = |issue: &Value| {
        let place = |part: &Value| part.as_str().map_or_else(|| part.to_string(), str::to_owned);
        let place: Vec<String> = issue["path"].as_array()?.iter().map(place).collect();
        Some(format!("`{}`: {}", place.join("."), issue["message"].as_str()?))
    };
    let issues = value.pointer("/data/issues").and_then(Value::as_array);
    let issues: Vec<String> = issues.into_iter().flatten().filter_map(issue).collect();
    let message = value.pointer("/data/message").and_then(Value::as_str).map(str::trim);
    let message = message.map_or_else(|| issues.join("; "), str::to_owned);
    Some(ApiError::Configuration { file, message: if message.is_empty() { name.to_owned() } else { message } })
}

/// The server has two shapes of errors: `{name, data: {message}}` and `{_tag, message}`.
pub(crate) fn error_of(body: &[u8]) -> (String, String) {
    let value: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |pointer: &str| value.pointer(pointer).and_then(Value::as_str);
    let code = text("/name").or_else(|| text("/_tag")).unwrap_or_default();
    let message = text("/data/message")
        .or_else(|| text("/message"))
        .map_or_else(|| String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned(), str::to_owned);
    (code.to_owned(), message)
}

#[cfg(test)]
mod tests {
    use super::{error_of, refused_configuration};
    use crate::ApiError;

    #[test]
    fn a_refused_configuration_is_told_with_its_file_and_words() {
        let cases = [
            (
                r#"{"name":"ConfigJsonError","data":{"path":"/p/opencode.json","message":"\n--- JSONC Input ---\n{bad\n"}}"#,
                "--- JSONC Input ---\n{bad",
            ),
            (
                r#"{"name":"ConfigInvalidError","data":{"path":"/p/opencode.json","issues":[{"path":["model",0],"message":"Expected string"}]}}"#,
                "`model.0`: Expected string",
            ),
            (r#"{"name":"ConfigNewError","data":{"path":"/p/opencode.json"}}"#, "ConfigNewError"),
        ];
        for (body, words) in cases {
            let Some(ApiError::Configuration { file, message }) = refused_configuration(body.as_bytes()) else {
                panic!("{body}");
            };
            assert_eq!((file.as_str(), message.as_str()), ("/p/opencode.json", words));
        }
        for body in ["", "{}", r#"{"name":"BadRequest","data":{"path":"/p"}}"#, r#"{"name":"ConfigJsonError"}"#] {
            assert!(refused_configuration(body.as_bytes()).is_none(), "{body}");
        }
    }

    #[test]
    fn reads_both_shapes_of_errors() {
        let cases = [
            (r#"{"name":"BadRequest","data":{"message":"No","kind":"Body"}}"#, "BadRequest", "No"),
            (
                r#"{"_tag":"PermissionNotFoundError","message":"Gone","requestID":"per_1"}"#,
                "PermissionNotFoundError",
                "Gone",
            ),
            (r#"{"_tag":"SessionBusyError"}"#, "SessionBusyError", r#"{"_tag":"SessionBusyError"}"#),
            ("", "", ""),
            ("<html>", "", "<html>"),
        ];
        for (body, code, message) in cases {
            assert_eq!(error_of(body.as_bytes()), (code.to_owned(), message.to_owned()));
        }
    }
}
