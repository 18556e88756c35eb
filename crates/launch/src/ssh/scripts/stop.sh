# Ends a process with everything that it has started, if it is that process. Answers `gone`, `ended`, `killed` or `stays`.
portal_end
printf '%s\0' "$portal_word"
