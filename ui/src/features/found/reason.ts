/** The commands that a message of the core names between backticks. Pure. */

export interface Part {
  text: string;
  /** To be copied and run; other values in backticks are quoted as in running text. */
  isCommand: boolean;
}

/** What runs opencode, or installs it. */
const COMMAND = /^(\S*opencode\S*|npm|curl)\s+\S/;

export function commandsIn(message: string): Part[] {
  const parts: Part[] = [];
  const add = (text: string, isCommand: boolean) => {
    const last = parts.at(-1);
    if (last && !isCommand && !last.isCommand) last.text += text;
    else if (text) parts.push({ text, isCommand });
  };
  message.split("`").forEach((text, i, all) => {
    const isMarked = i % 2 === 1 && i < all.length - 1;
    // An odd backtick stands for itself.
    const isOdd = i % 2 === 1 && !isMarked;
    const isCommand = isMarked && COMMAND.test(text);
    add(isCommand ? text : isMarked ? `“${text}”` : isOdd ? `\`${text}` : text, isCommand);
  });
  return parts;
}
