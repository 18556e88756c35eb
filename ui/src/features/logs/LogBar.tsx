/** Over the output: search, level, and how it is shown. */
import { Show } from "solid-js";
import { t } from "../../i18n";
import { Button, IconButton } from "../../ui/Button";
import { Select } from "../../ui/Select";
import { TextField } from "../../ui/TextField";
import type { LogSearch } from "./createSearch";
import type { LevelFilter } from "./log-window";

interface LogBarProps {
  search: LogSearch;
  level: LevelFilter;
  onLevel: (level: LevelFilter) => void;
  isFollowed: boolean;
  onFollow: (isFollowed: boolean) => void;
  isWrapped: boolean;
  onWrap: (isWrapped: boolean) => void;
  onCopy: () => void;
  onSave: () => void;
  isSaving: boolean;
  searchRef: (field: HTMLInputElement) => void;
  onLeaveSearch: () => void;
}

const LEVELS = ["all", "info", "warn", "error"] as const satisfies LevelFilter[];

export function LogBar(props: LogBarProps) {
  const found = () => {
    const matches = props.search.matches();
    if (!props.search.text().trim()) return "";
    if (props.search.isSearching() || !matches) return t("logs.search.searching");
    const total = matches.lines.length;
    if (total === 0) return t("logs.search.none");
    const many = matches.has_more ? `${total}+` : String(total);
    return t("logs.search.position", { position: props.search.position(), total: many });
  };
  const hasMatches = () => (props.search.matches()?.lines.length ?? 0) > 0;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      void (event.shiftKey ? props.search.newer() : props.search.older());
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      if (props.search.text()) props.search.clear();
      else props.onLeaveSearch();
    }
  };
  return (
    <div class="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b border-line px-3 py-1.5">
      <div class="flex min-w-0 grow basis-40 items-center gap-1">
        <div class="w-full max-w-64 min-w-24">
          <TextField
            ref={props.searchRef}
            label={t("logs.search")}
            hideLabel
            placeholder={t("logs.search")}
            value={props.search.text()}
            onInput={(event) => props.search.type(event.currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </div>
        <IconButton
          icon="arrow-up"
          label={t("logs.search.older")}
          keys="Enter"
          disabled={!hasMatches()}
          onClick={() => void props.search.older()}
        />
        <IconButton
          icon="arrow-down"
          label={t("logs.search.newer")}
          keys="Shift+Enter"
          disabled={!hasMatches()}
          onClick={() => void props.search.newer()}
        />
        <span role="status" class="shrink-0 text-sm whitespace-nowrap text-muted">
          {found()}
        </span>
        <Show when={props.search.text()}>
          <IconButton icon="x" size={13} label={t("logs.search.clear")} onClick={() => props.search.clear()} />
        </Show>
      </div>
      <div class="flex items-center gap-1">
        <Select<LevelFilter>
          label={t("logs.level")}
          value={props.level}
          options={LEVELS.map((value) => ({ value, label: t(`logs.level.${value}`) }))}
          onChange={props.onLevel}
        />
        <Button
          icon="arrow-down-to-line"
          aria-pressed={props.isFollowed}
          title={t("logs.follow.title")}
          class="aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent"
          onClick={() => props.onFollow(!props.isFollowed)}
        >
          {t("logs.follow")}
        </Button>
        <IconButton
          icon="wrap-text"
          label={t("logs.wrap")}
          pressed={props.isWrapped}
          onClick={() => props.onWrap(!props.isWrapped)}
        />
        <IconButton icon="copy" label={t("logs.copy")} onClick={() => props.onCopy()} />
        <IconButton icon="download" label={t("logs.save")} disabled={props.isSaving} onClick={() => props.onSave()} />
      </div>
    </div>
  );
}
