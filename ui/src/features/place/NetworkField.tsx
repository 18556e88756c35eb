/** What a container can reach: the internet, nothing, or one of the engine's networks. */
import { t } from "../../i18n";
import { quoted } from "../../lib/format";
import { Choice } from "../../ui/Choice";
import type { NetworkView } from "../../wire/messages";

interface NetworkFieldProps {
  value: NetworkView;
  error: string | undefined;
  warning: string | undefined;
  /** Why the engine cannot be without one; nothing where it can. */
  offProblem: string | null;
  /** Networks of the engine. */
  known: readonly string[];
  onChange: (network: NetworkView) => void;
}

/** Names of networks have no space: these are none. */
const ON = " on";
const OFF = " off";
/** The engine's own names for what is said otherwise here. */
const OTHERWISE = ["bridge", "none", "opencode-portal-off"];

export function NetworkField(props: NetworkFieldProps) {
  const value = () => {
    if (props.value.network === "named") return props.value.name;
    return props.value.network === "on" ? ON : OFF;
  };
  const names = () => {
    const known = props.known.filter((name) => !OTHERWISE.includes(name));
    // One that is gone from the engine stays what is chosen.
    if (props.value.network === "named" && !known.includes(props.value.name)) known.push(props.value.name);
    return known;
  };
  const choose = (name: string) => {
    if (name === ON) props.onChange({ network: "on" });
    else props.onChange(name === OFF ? { network: "off" } : { network: "named", name });
  };
  const impossible = () => (props.offProblem === null ? undefined : quoted(props.offProblem));
  const warning = () => (props.value.network === "off" ? (impossible() ?? props.warning) : props.warning);
  const note = () => {
    if (props.value.network === "off") return undefined;
    return t(`place.network.${props.value.network}.hint`);
  };
  return (
    <Choice
      label={t("place.network")}
      value={value()}
      options={[
        { value: ON, label: t("place.network.on") },
        {
          value: OFF,
          label: t("place.network.off"),
          ...(impossible() && { description: impossible(), disabled: true }),
        },
        ...names().map((name) => ({ value: name, label: name })),
      ]}
      hint={note()}
      warning={props.error ?? warning()}
      onChange={choose}
    />
  );
}
