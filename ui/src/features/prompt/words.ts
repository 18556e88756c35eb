/** The words of `ssh`: what it says first, and its question, which is the last line. Pure. */
export interface Words {
  /** Empty when there is only the question. */
  before: string;
  question: string;
}

export function wordsOf(text: string): Words {
  const lines = text.trim().split("\n");
  const question = lines.pop()?.trim() ?? "";
  return { before: lines.join("\n").trim(), question };
}
