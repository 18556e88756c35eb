//! Questions of `ssh`.

use fleet::{Prompt, PromptKind};

use crate::messages::{PromptKindView, PromptView};

pub(crate) fn prompt_view(prompt: &Prompt) -> PromptView {
    PromptView {
        id: prompt.id.to_string(),
        host: prompt.host.clone(),
        kind: match prompt.kind {
            PromptKind::Secret => PromptKindView::Secret,
            PromptKind::Text => PromptKindView::Text,
            PromptKind::YesNo => PromptKindView::YesNo,
            PromptKind::Note => PromptKindView::Note,
        },
        words: prompt.words.clone(),
        is_again: prompt.is_again,
    }
}
