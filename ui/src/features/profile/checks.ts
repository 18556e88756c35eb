/** What is wrong with a profile before it is sent, what is worth a warning, and what a change of it needs. Pure. */
import { t } from "../../i18n";
import { jsonObject, jsonProblem } from "../../lib/json";
import type { PlaceView, ProfileView } from "../../wire/messages";
import { type PlaceField, placeProblems } from "../place/checks";

export type ProfileField =
  | PlaceField
  | "port"
  | "hostname"
  | "arguments"
  | "environment"
  | "config"
  | "permission"
  | "sleep"
  | "memory_budget_mib";

export type ProfileNotes = Partial<Record<ProfileField, string>>;

/** What must be put right before the profile can be kept, by field. */
export function profileProblems(profile: ProfileView): ProfileNotes {
  const found: ProfileNotes = placeProblems(profile.place);
  const put = (field: ProfileField, problem: string | null) => {
    if (problem !== null) found[field] = problem;
  };
  put("port", isWithin(profile.port, 1, 65_535) ? null : t("profile.port.wrong"));
  put("hostname", /\s/.test(profile.hostname?.trim() ?? "") ? t("profile.hostname.wrong") : null);
  put("environment", environmentProblem(profile));
  put("config", jsonTextProblem(profile.config));
  put("permission", jsonTextProblem(profile.permission));
  put("memory_budget_mib", isWithin(profile.memory_budget_mib, 1, 16_777_216) ? null : t("profile.budget.wrong"));
  const isAfter = profile.sleep.rule !== "after" || isWithin(profile.sleep.minutes, 1, 100_000);
  put("sleep", isAfter ? null : t("profile.sleep.wrong"));
  return found;
}

/** What is possible, but better known before. */
export function profileWarnings(profile: ProfileView): ProfileNotes {
  const found: ProfileNotes = {};
  if (!isLoopback(profile.hostname)) found.hostname = t("profile.hostname.open");
  const given = profile.arguments.find((argument) => /^--(port|hostname)(=|$)/.test(argument));
  if (given) found.arguments = t("profile.arguments.own", { argument: given.split("=")[0] ?? given });
  if (profile.port !== null && profile.port < 1024 && profile.port > 0) found.port = t("profile.port.low");
  return found;
}

/** Whether only this machine reaches what listens there; none is loopback. */
export function isLoopback(hostname: string | null): boolean {
  const name = hostname?.trim().toLowerCase() ?? "";
  return name === "" || name === "localhost" || /^127(\.\d{1,3}){3}$/.test(name) || name === "::1" || name === "[::1]";
}

/** Whether a variable's name says that its value is a secret; the core holds the same back. */
export function isSecretName(name: string): boolean {
  return /KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|AUTH/i.test(name);
}

/** Whether a running server has to be started again for the change to count. */
export function needsRestart(before: ProfileView, after: ProfileView): boolean {
  const process = (profile: ProfileView) =>
    JSON.stringify([
      withoutStay(profile.place),
      profile.port,
      profile.hostname?.trim() || null,
      profile.binary?.trim() || null,
      profile.arguments,
      profile.environment.map((variable) => [variable.name, variable.value]),
      profile.config?.trim() || null,
      profile.permission?.trim() || null,
      profile.log_level,
    ]);
  return process(before) !== process(after);
}

/** Whether a server elsewhere outlives the app is asked when the app ends. */
function withoutStay(place: PlaceView): PlaceView {
  return place.in === "ssh" ? { ...place, stays: true } : place;
}

/** What the text of a JSON object lacks; null for none and for an empty text. */
function jsonTextProblem(text: string | null): string | null {
  if (text === null || text.trim() === "") return null;
  const fault = jsonProblem(text);
  if (fault) return t("profile.json.at", { ...place(fault), problem: t(`profile.json.${fault.problem}`) });
  return jsonObject(text) ? null : t("profile.json.object");
}

function place({ line, column }: { line: number; column: number }) {
  return { line, column };
}

function environmentProblem(profile: ProfileView): string | null {
  const names = new Set<string>();
  for (const { name } of profile.environment) {
    if (!/^[^=\s]+$/.test(name)) return t(name ? "profile.env.wrongName" : "profile.env.noName", { name });
    if (names.has(name)) return t("profile.env.twice", { name });
    names.add(name);
  }
  return null;
}

function isWithin(value: number | null, least: number, most: number): boolean {
  return value === null || (Number.isInteger(value) && value >= least && value <= most);
}
