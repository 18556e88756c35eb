/** What a call changed in files. */
import type { ToolPart } from "@opencode-ai/sdk/v2/types";
import { Show } from "solid-js";
import { CodeBlock } from "../../../ui/CodeBlock";
import { DiffView } from "../../../ui/diff/DiffView";
import { input, patchOf } from "./call";

export function PatchBody(props: { part: ToolPart }) {
  return (
    <Show when={patchOf(props.part)} fallback={<Plain text={input(props.part, "patchText")} language="diff" />}>
      {(patch) => <DiffView patch={patch()} file={input(props.part, "filePath") || undefined} maxHeight={320} />}
    </Show>
  );
}

/** A file written: as a diff where the server made one, else its text. */
export function WrittenBody(props: { part: ToolPart }) {
  const path = () => input(props.part, "filePath");
  return (
    <Show
      when={patchOf(props.part)}
      fallback={<Plain text={input(props.part, "content")} language={path().slice(path().lastIndexOf(".") + 1)} />}
    >
      {(patch) => <DiffView patch={patch()} file={path() || undefined} maxHeight={320} />}
    </Show>
  );
}

function Plain(props: { text: string; language: string }) {
  return (
    <div class="[&>.code-block]:my-0 [&>.code-block]:rounded-none [&>.code-block]:border-0">
      <CodeBlock code={props.text} language={props.language} bare maxHeight={320} />
    </div>
  );
}
