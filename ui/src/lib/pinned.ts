/** The opencode that this app is made for: its client is of that version, and our own image has it. */
import { devDependencies } from "../../package.json";

export const PINNED_OPENCODE = devDependencies["opencode-ai"];
