/** What the servers of the fake core answer. */
import type { Forward } from "../wire/messages";

export function fakeMessages(request: Forward): unknown {
  const session = /^\/session\/([^/]+)\/message$/.exec(request.path)?.[1];
  if (session && request.method === "GET") return conversation(session);
  return [];
}

function conversation(session: string): unknown[] {
  const created = Date.now() - 5 * 60_000;
  const base = { sessionID: session };
  return [
    {
      info: {
        ...base,
        id: "msg_1",
        role: "user",
        time: { created },
        agent: "build",
        model: { providerID: "demo", modelID: "demo" },
      },
      parts: [
        {
          ...base,
          id: "prt_1",
          messageID: "msg_1",
          type: "text",
          text: "Retry failed webhooks with back-off, please.",
        },
      ],
    },
    {
      info: {
        ...base,
        id: "msg_2",
        role: "assistant",
        parentID: "msg_1",
        time: { created: created + 1000 },
        agent: "build",
        mode: "build",
        modelID: "demo",
        providerID: "demo",
        path: { cwd: "/", root: "/" },
        cost: 0.012,
        tokens: { input: 1200, output: 300, reasoning: 0, cache: { read: 0, write: 0 } },
      },
      parts: [
        {
          ...base,
          id: "prt_2",
          messageID: "msg_2",
          type: "text",
          text: "I will look at the **sender** first.\n\n```rust\nfn delay(attempt: u32) -> Duration {\n    BASE * 2u32.pow(attempt)\n}\n```",
        },
        {
          ...base,
          id: "prt_3",
          messageID: "msg_2",
          type: "tool",
          callID: "call_9",
          tool: "bash",
          state: {
            status: "running",
            input: { command: "cargo test -p webhooks", description: "Run the tests" },
            time: { start: created + 2000 },
          },
        },
      ],
    },
  ];
}
