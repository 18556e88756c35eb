/** What a person changed of a profile and did not save: those fields only, so that the others follow what is saved elsewhere. Pure. */
import type { ProfileView } from "../../wire/messages";

export type ProfileDraft = Partial<ProfileView>;

/** What the form shows: the saved profile, with what was changed over it. */
export function laidOver(saved: ProfileView, draft: ProfileDraft): ProfileView {
  return { ...saved, ...draft };
}

/** Of these fields those that differ from what is saved. */
export function changesTo(saved: ProfileView, fields: ProfileDraft): ProfileDraft {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => !isSame(value, saved[name as keyof ProfileView])),
  );
}

/** The draft after a save: what was changed again meanwhile stays. */
export function withoutSaved(draft: ProfileDraft, sent: ProfileDraft): ProfileDraft {
  return Object.fromEntries(
    Object.entries(draft).filter(([name, value]) => !(name in sent && isSame(value, sent[name as keyof ProfileView]))),
  );
}

export function isEmpty(draft: ProfileDraft): boolean {
  return Object.keys(draft).length === 0;
}

/** Fields are plain values. What is typed and is no number is not the same as no number. */
function isSame(a: unknown, b: unknown): boolean {
  const text = (value: unknown) => JSON.stringify(value, (_, leaf) => (Number.isNaN(leaf) ? "not a number" : leaf));
  return text(a) === text(b);
}
