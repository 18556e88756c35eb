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
