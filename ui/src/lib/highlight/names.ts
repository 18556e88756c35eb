/** From what stands after a fence, or a file's name, to a language that we colour. */
import type { Language } from "./languages";

const NAMES: Record<string, Language> = {
  bash: "bash",
  sh: "bash",
  shell: "bash",
  zsh: "bash",
  console: "bash",
  c: "c",
  h: "c",
  cpp: "cpp",
  "c++": "cpp",
  cc: "cpp",
  hpp: "cpp",
  cs: "csharp",
  csharp: "csharp",
  css: "css",
  scss: "css",
  diff: "diff",
  patch: "diff",
  dockerfile: "docker",
  docker: "docker",
  go: "go",
  golang: "go",
  html: "html",
  vue: "html",
  svelte: "html",
  java: "java",
  js: "javascript",
  javascript: "javascript",
  mjs: "javascript",
  cjs: "javascript",
  json: "json",
  jsonc: "json",
  json5: "json",
  kotlin: "kotlin",
  kt: "kotlin",
  lua: "lua",
  make: "make",
  makefile: "make",
  md: "markdown",
  markdown: "markdown",
  php: "php",
  py: "python",
  python: "python",
  rb: "ruby",
  ruby: "ruby",
  rs: "rust",
  rust: "rust",
  sql: "sql",
  swift: "swift",
  toml: "toml",
  jsx: "tsx",
  tsx: "tsx",
  ts: "typescript",
  typescript: "typescript",
  mts: "typescript",
  svg: "xml",
  xml: "xml",
  yaml: "yaml",
  yml: "yaml",
};

/** By the name of a language; null when we do not colour it. */
export function languageOf(name: string): Language | null {
  return NAMES[name.toLowerCase()] ?? null;
}

/** By the name of a file. */
export function languageOfFile(path: string): Language | null {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return languageOf(name) ?? languageOf(name.slice(name.lastIndexOf(".") + 1));
}
