//! JSON that a person wrote, with its secrets kept back: what is under a key that says so is shown as `***`, and put back when it comes back like that.

use serde_json::Value;

use super::profile::is_secret;

/// What is shown in place of a secret.
const MASK: &str = "***";

/// A text with its secrets kept back. One without any is left as it was written; one that is no JSON is not shown at all.
pub(super) fn masked(text: &str) -> String {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return MASK.to_owned() };
    let mut has_any = false;
    walk(&mut value, false, &mut |text| {
        has_any = true;
        MASK.clone_into(text);
    });
    if has_any { pretty(&value) } else { text.to_owned() }
}

/// A text as sent, with what was kept back filled in from the one that is known. None: something was kept back that is not known.
pub(super) fn unmasked(text: &str, known: Option<&str>) -> Option<String> {
    let known_text = known.unwrap_or_default();
    if text == MASK {
        return known.map(str::to_owned);
    }
    // What is no JSON is refused by who checks it.
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return Some(text.to_owned()) };
    let known: Value = serde_json::from_str(known_text).unwrap_or_default();
    let mut is_changed = false;
    let is_whole = fill(&mut value, Some(&known), false, &mut is_changed);
    is_whole.then(|| if is_changed { pretty(&value) } else { text.to_owned() })
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Visits every text that is a secret.
fn walk(value: &mut Value, is_under_secret: bool, visit: &mut impl FnMut(&mut String)) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                walk(value, is_secret(key), visit);
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| walk(value, is_under_secret, visit)),
        Value::String(text) if is_under_secret && !is_reference(text) => visit(text),
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// `{env:NAME}` and `{file:PATH}` name a secret without telling it.
fn is_reference(text: &str) -> bool {
    text.starts_with("{env:") || text.starts_with("{file:")
}

fn fill(value: &mut Value, known: Option<&Value>, is_under_secret: bool, is_changed: &mut bool) -> bool {
    match value {
        Value::Object(map) => map
            .iter_mut()
            .all(|(key, value)| fill(value, known.and_then(|known| known.get(key)), is_secret(key), is_changed)),
        Value::Array(list) => list
            .iter_mut()
            .enumerate()
            .all(|(place, value)| fill(value, known.and_then(|known| known.get(place)), is_under_secret, is_changed)),
        Value::String(text) if is_under_secret && text == MASK => match known.and_then(Value::as_str) {
            Some(known) => {
                known.clone_into(text);
                *is_changed = true;
                true
            }
            None => false,
        },
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::{masked, unmasked};

    #[test]
    fn secrets_are_kept_back_and_put_back() {
        let text = r#"{"provider":{"a":{"options":{"apiKey":"hunter2","baseURL":"u"}}},"keybinds":{"leader":"x"}}"#;
        let shown = masked(text);
        assert!(!shown.contains("hunter2") && shown.contains(r#""leader": "x""#), "{shown}");
        let back: serde_json::Value = serde_json::from_str(&unmasked(&shown, Some(text)).unwrap()).unwrap();
        assert_eq!(back, serde_json::from_str::<serde_json::Value>(text).unwrap());
        assert_eq!(unmasked(&shown, None), None, "what was kept back is not known");
        let changed = shown.replace("***", "new");
        assert_eq!(unmasked(&changed, Some(text)).as_deref(), Some(changed.as_str()));
    }

    #[test]
    fn what_has_no_secret_is_left_as_it_was_written() {
        for text in [r#"{ "model":"a/b" }"#, r#""ask""#, r#"{"apiKey":"{env:KEY}"}"#] {
            assert_eq!(masked(text), text);
            assert_eq!(unmasked(text, None).as_deref(), Some(text));
        }
        assert_eq!(masked(r#"{"apiKey":"hunter2"#), "***");
        assert_eq!(unmasked("{bad", None).as_deref(), Some("{bad"), "who checks it says what is wrong");
    }
}
