/** One row of the transcript. */
import type { AssistantMessage, CompactionPart } from "@opencode-ai/sdk/v2/types";
import { type JSX, Match, Show, Switch } from "solid-js";
import { t } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { AnswerPart } from "./AnswerPart";
import { MessageError } from "./MessageError";
import { Prompt } from "./Prompt";
import type { Row } from "./rows";
import { useScope } from "./scope";
import { TurnSum } from "./TurnSum";
import { Looks } from "./tools/Looks";
import { Working } from "./Working";

export function RowView(props: { row: Row }): JSX.Element {
  return <div class="mx-auto w-full max-w-[860px] px-4 py-[3px]">{draw(props.row)}</div>;
}

function draw(row: Row): JSX.Element {
  const scope = useScope();
  switch (row.kind) {
    case "prompt":
      return <Prompt message={row.message} />;
    case "part":
      return <AnswerPart message={row.message} part={row.part} />;
    case "looks":
      return <Looks calls={row.parts} />;
    case "compaction":
      return <Compaction part={() => scope.part(row.message, row.part) as CompactionPart | undefined} />;
    case "error":
      return (
        <Show when={(scope.message(row.message) as AssistantMessage | undefined)?.error}>
          {(error) => <MessageError error={error()} />}
        </Show>
      );
    case "failure":
      return <MessageError error={scope.transcript()?.error} />;
    case "sum":
      return <TurnSum turn={row.turn} />;
    case "working":
      return <Working />;
  }
}

function Compaction(props: { part: () => CompactionPart | undefined }) {
  return (
    <Switch>
      <Match when={props.part()}>
        <div class="my-3 flex items-center gap-3 text-sm text-faint">
          <div class="h-px grow bg-line" />
          <Icon name="archive" size={13} />
          <span>{t("session.compacted")}</span>
          <div class="h-px grow bg-line" />
        </div>
      </Match>
    </Switch>
  );
}
