/** The facts of an instance, each to be copied, and what happened to it. */
import { createMemo, For, Show } from "solid-js";
import { t } from "../../i18n";
import { now } from "../../lib/clock";
import { openWith } from "../../model/commands";
import { isContainerOfOthers, isHere } from "../../model/kinds";
import { model } from "../../model/store";
import { IconButton } from "../../ui/Button";
import { CopyButton } from "../../ui/CopyButton";
import { attempt } from "../../ui/notices";
import { Section } from "../../ui/Page";
import type { InstanceView } from "../../wire/messages";
import { type Fact, factsOf } from "./facts";
import { History } from "./History";

/** Whether its paths are of this machine; of a container of others they may be inside of it. */
const hasPathsHere = (view: InstanceView) => isHere(view) && !isContainerOfOthers(view);

export function SummaryTab(props: { instance: InstanceView }) {
  const groups = createMemo(() => factsOf(props.instance, now()));
  const fact = (title: string, label: string) =>
    groups()
      .find((group) => group.title === title)
      ?.facts.find((one) => one.label === label);
  return (
    <div class="flex flex-col gap-5 p-4">
      <For each={groups().map((group) => group.title)}>
        {(title) => (
          <Section title={title}>
            <dl class="grid grid-cols-[minmax(130px,max-content)_1fr]">
              <For
                each={groups()
                  .find((group) => group.title === title)
                  ?.facts.map((one) => one.label)}
              >
                {(label) => (
                  <Show when={fact(title, label)}>
                    {(one) => <Line fact={one()} isHere={hasPathsHere(props.instance)} />}
                  </Show>
                )}
              </For>
            </dl>
          </Section>
        )}
      </For>
      <History instance={props.instance} />
    </div>
  );
}

function Line(props: { fact: Fact; isHere: boolean }) {
  const isPath = () =>
    props.isHere && props.fact.isCode === true && props.fact.value.startsWith("/") && model.host.opens_programs;
  return (
    <>
      <dt class="border-b border-line py-1.5 pr-6 text-muted">{props.fact.label}</dt>
      <dd class="flex min-w-0 items-center gap-1 border-b border-line py-1">
        <span
          title={props.fact.title}
          class={`selectable min-w-0 break-words ${props.fact.isCode ? "font-mono text-sm [overflow-wrap:anywhere]" : ""} ${props.fact.isWarning ? "text-warn" : ""}`}
        >
          {props.fact.value}
        </span>
        <Show when={props.fact.isCode}>
          <CopyButton
            text={props.fact.copied ?? props.fact.value}
            label={t("instance.copy", { what: props.fact.label })}
          />
        </Show>
        <Show when={isPath()}>
          <IconButton
            icon="folder-open"
            size={13}
            label={t("instance.show", { what: props.fact.label })}
            onClick={() => attempt(() => openWith("files", props.fact.value))}
          />
        </Show>
      </dd>
    </>
  );
}
