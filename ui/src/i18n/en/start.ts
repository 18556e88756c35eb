/** Texts of "New instance". */
export const start = {
  "start.title": "New instance",
  "start.text": "One opencode server for one directory.",
  "start.directory": "Directory",
  "start.placeholder": "~/projects/app",
  "start.hint": "The project that the agent works in. ~ is your home folder.",
  "start.browse": "Browse…",
  "start.name": "Name",
  "start.nameHint": "Optional; otherwise the last part of the directory.",
  "start.start": "Start",
  "start.go": "Go to it",
  "start.running": "{name} serves this directory already.",
  "start.recent": "Recent directories",
  "start.recentNone": "Directories that you start show here.",
  "start.drop": "You can also drop a folder on the window.",
  "start.advanced": "More options",
  "start.ok": "Ready to start in {directory}",
} as const;
