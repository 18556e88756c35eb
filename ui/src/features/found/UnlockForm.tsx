/** User and password of a locked instance. */
import { createSignal, Show } from "solid-js";
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { unlockInstance } from "../../model/fleet-commands";
import { model } from "../../model/store";
import { Button } from "../../ui/Button";
import { Check } from "../../ui/Check";
import { FailureNote } from "../../ui/states";
import { TextField } from "../../ui/TextField";
import { KeepQuestion } from "./KeepQuestion";
import { createKeeping } from "./keeping";

interface UnlockFormProps {
  instance: string;
  /** The field takes the focus. */
  isFirst?: boolean;
  onDone?: () => void;
}

export function UnlockForm(props: UnlockFormProps) {
  const [user, setUser] = createSignal("");
  const [password, setPassword] = createSignal("");
  const [isKept, setKept] = createSignal(true);
  const [isAccepted, setAccepted] = createSignal(false);
  const isOverheard = () => model.instances[props.instance]?.way.is_overheard ?? false;
  const canSend = () => !!password() && (!isOverheard() || isAccepted());
  const keeping = createKeeping(async (keep) => {
    const given = { user: user().trim() || null, password: password(), keep };
    await unlockInstance(props.instance, { ...given, overhearing_accepted: isAccepted() });
    setPassword("");
    props.onDone?.();
  });
  /** That it was refused stands under the field; anything else below. */
  const refusal = () => {
    const failed = keeping.failure();
    if (failed?.code === "unauthorized") return t("unlock.wrong");
    return failed?.code === "precondition"
      ? quoted([failed.message, failed.hint].filter(Boolean).join(". "))
      : undefined;
  };
  return (
    <form
      aria-label={t("unlock.title")}
      class="flex w-full max-w-xl flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend()) void keeping.send(isKept() ? "keyring" : "no");
      }}
    >
      <div class="flex flex-wrap items-start gap-2">
        <div class="min-w-28 grow basis-28">
          <TextField
            label={t("unlock.user")}
            placeholder="opencode"
            autocomplete="username"
            value={user()}
            onInput={(event) => setUser(event.currentTarget.value)}
          />
        </div>
        <div class="min-w-40 grow-2 basis-40">
          <TextField
            label={t("unlock.password")}
            type="password"
            autocomplete="current-password"
            value={password()}
            error={refusal()}
            autofocus={props.isFirst ?? false}
            onInput={(event) => {
              setPassword(event.currentTarget.value);
              keeping.reset();
            }}
          />
        </div>
        <Button
          type="submit"
          variant="primary"
          icon="lock-open"
          class="mt-5 !h-8"
          busy={keeping.isSending()}
          disabled={!canSend()}
        >
          {t("unlock.unlock")}
        </Button>
      </div>
      <Check label={t("unlock.keep")} checked={isKept()} onChange={setKept} />
      <Show when={isOverheard()}>
        <div role="note" class="flex flex-col gap-1 text-sm text-warn">
          {t("overheard.password")}
          <Check label={t("overheard.accept")} checked={isAccepted()} onChange={setAccepted} />
        </div>
      </Show>
      <Show when={keeping.asksWhere()}>
        <KeepQuestion keeping={keeping} />
      </Show>
      <FailureNote failure={!refusal() && keeping.failure()} />
    </form>
  );
}
