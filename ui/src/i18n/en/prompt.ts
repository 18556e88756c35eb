/** What `ssh` asks while it connects. */
export const prompt = {
  "prompt.title": "Connecting to {host}",
  "prompt.asks": "ssh asks you this, as it would in a terminal. What you type goes to ssh and is not kept.",
  "prompt.key": "ssh does not know this machine yet. Compare the fingerprint with whoever runs it.",
  "prompt.note": "ssh waits for you to do this.",
  "prompt.again": "That was not accepted. Try again.",
  "prompt.words": "What ssh says",
  "prompt.answer": "Answer",
  "prompt.send": "Answer",
  "prompt.yes": "Yes",
  "prompt.no": "No",
} as const;
