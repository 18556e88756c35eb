import { createSignal } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, expect, test } from "vitest";
import { emptyProfile } from "../../model/empty";
import type { ProfileView } from "../../wire/messages";
import { ProfileForm } from "./ProfileForm";

let end = () => {};

afterEach(() => {
  end();
  document.body.replaceChildren();
});

function show(more: Partial<ProfileView> = {}) {
  const [value, setValue] = createSignal<ProfileView>({ ...emptyProfile(), ...more });
  const root = document.createElement("div");
  document.body.append(root);
  end = render(
    () => <ProfileForm value={value()} onChange={setValue} groups={["work", "oss"]} sleepAfterMinutes={30} />,
    root,
  );
  return { value, setValue };
}

function field(label: string): HTMLInputElement {
  for (const one of document.querySelectorAll("label")) {
    if (one.textContent?.trim() === label) return (one.control ?? one.querySelector("input")) as HTMLInputElement;
  }
  const named = document.querySelector<HTMLInputElement>(`[aria-label='${label}']`);
  if (!named) throw new Error(`There is no field ${label}`);
  return named;
}

function type(label: string, text: string): void {
  field(label).value = text;
  field(label).dispatchEvent(new InputEvent("input", { bubbles: true }));
}

function click(name: string): void {
  const all = [...document.querySelectorAll<HTMLElement>("button")];
  const found = all.find((one) => one.textContent?.trim() === name || one.getAttribute("aria-label") === name);
  if (!found) throw new Error(`There is no button ${name}`);
  found.click();
}

const noteOf = (label: string) =>
  document.getElementById(field(label).getAttribute("aria-describedby") ?? "")?.textContent;

test("what is typed is the value, and an empty field is none", () => {
  const { value } = show();
  type("Port", "3200");
  type("Listens at", "0.0.0.0");
  type("Arguments", "--mdns\n\n--cors http://a.example\n");
  expect(value()).toMatchObject({
    port: 3200,
    hostname: "0.0.0.0",
    arguments: ["--mdns", "--cors http://a.example"],
  });
  expect(noteOf("Listens at")).toContain("Other machines can reach it");
  expect(field("Arguments").value, "as typed").toBe("--mdns\n\n--cors http://a.example\n");
  type("Port", "");
  type("Listens at", "");
  expect(value()).toMatchObject({ port: null, hostname: null });
});

test("a port that is none is said, and what was typed stays", () => {
  show();
  type("Port", "31x");
  expect(field("Port").value).toBe("31x");
  expect(field("Port").getAttribute("aria-invalid")).toBe("true");
});

test("a secret is masked, and one that the core keeps is not lost by a look at the form", () => {
  const { value } = show({ environment: [{ name: "API_KEY", value: null }] });
  expect(field("Value of API_KEY").type).toBe("password");
  expect(field("Value of API_KEY").placeholder).toBe("Kept, not shown");
  expect(field("Name of variable 1").readOnly).toBe(true);
  click("Add a variable");
  type("Name of variable 2", "LANG");
  type("Value of LANG", "C");
  expect(value().environment).toEqual([
    { name: "API_KEY", value: null },
    { name: "LANG", value: "C" },
  ]);
  type("Value of API_KEY", "s3cret");
  click("Remove LANG");
  expect(value().environment).toEqual([{ name: "API_KEY", value: "s3cret" }]);
});

test("a wrong JSON text is told with its place, a right one can be laid out", () => {
  const { value } = show();
  type("Configuration overrides", '{"model": x}');
  expect(noteOf("Configuration overrides")).toContain("Line 1, column 11");
  type("Configuration overrides", '{"model":"a/b"}');
  expect(noteOf("Configuration overrides")).toContain("goes over opencode.json");
  click("Format");
  expect(value().config).toBe('{\n  "model": "a/b"\n}');
});

test("a group that others are in is chosen with a click", () => {
  const { value } = show({ group: "oss" });
  click("work");
  expect(value().group).toBe("work");
  expect(field("Group").value).toBe("work");
});

test("a value from outside is shown", () => {
  const { value, setValue } = show();
  setValue({ ...value(), port: 4000, arguments: ["--a"], permission: '{"bash":"ask"}' });
  expect(field("Port").value).toBe("4000");
  expect(field("Arguments").value).toBe("--a");
  expect(field("Permission rules").value).toBe('{"bash":"ask"}');
});
