/** Texts by typed key. `{name}` in a text is filled in from the parameters. */
import { app } from "./en/app";
import { certificate } from "./en/certificate";
import { fleet } from "./en/fleet";
import { found } from "./en/found";
import { instance } from "./en/instance";
import { logs } from "./en/logs";
import { palette } from "./en/palette";
import { place } from "./en/place";
import { profile } from "./en/profile";
import { prompt } from "./en/prompt";
import { request } from "./en/request";
import { resources } from "./en/resources";
import { review } from "./en/review";
import { session } from "./en/session";
import { settings } from "./en/settings";
import { start } from "./en/start";
import { versions } from "./en/versions";

const en = {
  ...app,
  ...certificate,
  ...fleet,
  ...found,
  ...start,
  ...settings,
  ...instance,
  ...logs,
  ...palette,
  ...place,
  ...profile,
  ...prompt,
  ...session,
  ...request,
  ...resources,
  ...review,
  ...versions,
};

export type TextKey = keyof typeof en;

export function t(key: TextKey, params?: Record<string, string | number>): string {
  const text: string = en[key];
  if (!params) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}

/** `one` for exactly 1, else `many`; both know `{count}`. */
export function count(n: number, one: TextKey, many: TextKey): string {
  return t(n === 1 ? one : many, { count: n });
}
