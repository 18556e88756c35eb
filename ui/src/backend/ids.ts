/** Ids that the UI makes. */

/** 128 random bits in hex. Not `randomUUID`, which some web views offer in secure contexts only. */
export function freshId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
