/** Texts of the palette. */
export const palette = {
  "palette.title": "Search and run",
  "palette.placeholder": "Search actions, instances and sessions",
  "palette.none": "Nothing matches",
  "palette.results": "Results",
  "palette.kind.action": "Action",
  "palette.kind.instance": "Instance",
  "palette.kind.session": "Session",
  "palette.kind.directory": "Start in",
} as const;
