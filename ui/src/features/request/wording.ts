/** How a request is put into words. */
import { type TextKey, t } from "../../i18n";
import type { RequestBody } from "../../wire/messages";

export type VariantOf<K extends RequestBody["kind"]> = Extract<RequestBody, { kind: K }>;

const TITLES: Record<string, TextKey> = {
  bash: "request.permission.bash",
  edit: "request.permission.edit",
  read: "request.permission.read",
  glob: "request.permission.glob",
  grep: "request.permission.grep",
  list: "request.permission.list",
  task: "request.permission.task",
  skill: "request.permission.skill",
  webfetch: "request.permission.webfetch",
  websearch: "request.permission.websearch",
  codesearch: "request.permission.codesearch",
  external_directory: "request.permission.external_directory",
  doom_loop: "request.permission.doom_loop",
};

/** What is asked, in a few words. */
export function titleOf(body: RequestBody): string {
  if (body.kind === "question") {
    return body.questions.length === 1
      ? t("request.question")
      : t("request.questions", { count: body.questions.length });
  }
  const key = Object.hasOwn(TITLES, body.permission) ? TITLES[body.permission] : undefined;
  return key ? t(key) : t("request.permission.other", { name: body.permission });
}

/** A path below a directory, as seen from there. */
export function relativeTo(path: string, directory: string): string {
  const folder = directory.endsWith("/") ? directory : `${directory}/`;
  return path.startsWith(folder) ? path.slice(folder.length) : path;
}
