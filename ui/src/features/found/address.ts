/** What a typed address says of the way there. Pure. */

export function isEncrypted(url: string): boolean {
  return /^https:\/\//i.test(url.trim());
}

/** Whether the address is of this machine, where nobody listens in. */
export function isHere(url: string): boolean {
  const rest = url.trim().replace(/^https?:\/\//i, "");
  const place = rest.replace(/[/?#].*$/, "").replace(/^.*@/, "");
  return /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1?\])(:|$)/i.test(place);
}

/** A typed address with the user and the password that were written into it beside it. */
export function takenApart(url: string): { url: string; user: string; password: string } | null {
  const found = /^(\s*(?:https?:\/\/)?)([^/?#]*)@(.*)$/is.exec(url);
  if (!found) return null;
  const [, scheme = "", login = "", rest = ""] = found;
  const [user = "", ...password] = login.split(":");
  return { url: scheme + rest, user: decoded(user), password: decoded(password.join(":")) };
}

/** Whether two typed addresses are of the same server. */
export function isSameServer(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).host === new URL(other).host;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that is meant as one.
    return text;
  }
}
