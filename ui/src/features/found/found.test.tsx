import { createSignal, type JSX } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import { aFleet, anInstance } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import type { Failure, InstanceView } from "../../wire/messages";
import { AddressDialog } from "./AddressDialog";
import { StopExternalDialog } from "./StopExternalDialog";
import { UnlockForm } from "./UnlockForm";
import { Warnings } from "./Warnings";

let end = () => {};
const call = vi.fn((_name: string, _request: unknown): Promise<unknown> => Promise.resolve({}));

beforeEach(() => {
  useBackend({ call } as unknown as Backend);
});

afterEach(() => {
  end();
  call.mockReset();
  call.mockResolvedValue({});
  document.body.replaceChildren();
  resetModel();
});

function show(what: () => JSX.Element): void {
  const root = document.createElement("div");
  document.body.append(root);
  end = render(what, root);
}

function field(label: string): HTMLInputElement {
  const found = [...document.querySelectorAll("label")].find((one) => one.textContent?.trim() === label);
  if (!found?.control) throw new Error(`There is no field ${label}`);
  return found.control as HTMLInputElement;
}

function type(label: string, text: string): void {
  field(label).value = text;
  field(label).dispatchEvent(new InputEvent("input", { bubbles: true }));
}

const button = (name: string) =>
  [...document.querySelectorAll<HTMLButtonElement>("button")].find((one) => one.textContent?.trim() === name);

const box = (label: string) =>
  [...document.querySelectorAll("label")]
    .find((one) => one.textContent?.includes(label))
    ?.querySelector<HTMLInputElement>("input[type='checkbox']");

const check = (label: string) => box(label)?.click();

const refuse = (code: string, message = "no") =>
  new BackendFailure({ code: code as Failure["code"], message, hint: null, detail: null });

const settled = () => new Promise((resolve) => setTimeout(resolve));

test("a password is sent to be kept in the keyring, and a wrong one is said at its field", async () => {
  const done = vi.fn();
  show(() => <UnlockForm instance="found" onDone={done} />);
  expect(button("Unlock")?.disabled).toBe(true);
  call.mockRejectedValueOnce(refuse("unauthorized"));
  type("Password", "guess");
  button("Unlock")?.click();
  await settled();
  expect(call).toHaveBeenCalledWith("unlock_instance", {
    instance: "found",
    user: null,
    password: "guess",
    keep: "keyring",
    overhearing_accepted: false,
  });
  expect(field("Password").getAttribute("aria-invalid")).toBe("true");
  expect(document.body.textContent).toContain("refused this user and password");
  expect(field("Password").value, "what was typed stays").toBe("guess");

  type("Password", "s3cret");
  expect(field("Password").getAttribute("aria-invalid")).toBeNull();
  button("Unlock")?.click();
  await settled();
  expect(done).toHaveBeenCalled();
  expect(field("Password").value, "it stays in no field").toBe("");
});

test("where the keyring does not take it the person says where the password is kept", async () => {
  show(() => <UnlockForm instance="found" />);
  call.mockRejectedValueOnce(refuse("no_keyring", "The password cannot be kept: The keyring is locked"));
  type("User", "ada");
  type("Password", "s3cret");
  button("Unlock")?.click();
  await settled();
  expect(document.body.textContent).toContain("The keyring is locked. The password can be kept in a file");
  button("Keep it in a file")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("unlock_instance", {
    instance: "found",
    user: "ada",
    password: "s3cret",
    keep: "file",
    overhearing_accepted: false,
  });
  expect(document.body.textContent).not.toContain("The keyring is locked");
});

test("a password that is not to be kept is not", async () => {
  show(() => <UnlockForm instance="found" />);
  type("Password", "s3cret");
  document.querySelector<HTMLInputElement>("input[type='checkbox']")?.click();
  button("Unlock")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("unlock_instance", expect.objectContaining({ keep: "no" }));
});

test("the question names the process, and just that one is ended", async () => {
  const foreign = (pid: number): InstanceView =>
    anInstance("found", {
      owner: "external",
      pid,
      command: "node /usr/bin/opencode serve",
      started_at_ms: Date.now() - 2 * 60 * 60_000,
      directory: "/srv/build",
    });
  const [instance, setInstance] = createSignal<InstanceView | undefined>(foreign(4242));
  show(() => <StopExternalDialog instance={instance()} onClose={() => setInstance(undefined)} />);
  const text = document.querySelector("[role='alertdialog']")?.textContent;
  for (const fact of ["4242", "node /usr/bin/opencode serve", "2 h", "/srv/build"]) expect(text).toContain(fact);
  expect(call, "asking ends nothing").not.toHaveBeenCalled();

  setInstance(foreign(5151));
  call.mockRejectedValueOnce(refuse("precondition", "Process 4242 is no longer there"));
  button("Stop process 4242")?.click();
  await settled();
  expect(call).toHaveBeenCalledWith("stop_external", { instance: "found", pid: 4242 });
  expect(document.querySelector("[role='alert']")?.textContent).toContain("Process 4242 is no longer there");
});

test("an address is added with its password, and what is wrong with it stands under it", async () => {
  const added = vi.fn();
  show(() => <AddressDialog open onClose={() => {}} onDone={added} />);
  call.mockRejectedValueOnce(refuse("invalid", "`x y` is no address"));
  type("Address", "x y");
  button("Add")?.click();
  await settled();
  expect(field("Address").getAttribute("aria-invalid")).toBe("true");
  expect(document.body.textContent).toContain("“x y” is no address");

  call.mockResolvedValue({ instance: "ins_9" });
  type("Address", " http://build-box:4096 ");
  expect(document.body.textContent).toContain("Prefer https");
  type("Password", "s3cret");
  expect(button("Add")?.disabled, "the person has to say that it may be read").toBe(true);
  check("Send it all the same");
  button("Add")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("add_address", {
    url: "http://build-box:4096",
    trust: null,
    name: null,
    user: null,
    password: "s3cret",
    keep: "keyring",
    overhearing_accepted: true,
  });
  expect(added).toHaveBeenCalledWith("ins_9");
});

test("what is not safe is said in plain words, and nothing of what is", () => {
  const [view, setView] = createSignal(
    anInstance("found", { owner: "external", version: "1.0.215", is_secured: false }),
  );
  show(() => <Warnings instance={view()} />);
  expect(document.body.textContent).toContain("opencode 1.0.215 is not safe");
  expect(document.body.textContent).toContain("It lets in whoever asks");
  setView(anInstance("found", { owner: "external", is_secured: null }));
  expect(document.body.textContent).toBe("");
});

test("a way that is not encrypted is said, and takes a password only from whoever wants it so", async () => {
  const view = anInstance("ins_1", { way: { url: "http://build:4096", is_overheard: true, trust: null } });
  show(() => <Warnings instance={view} />);
  expect(document.body.textContent).toContain("not encrypted");
  end();
  document.body.replaceChildren();
  apply({ seq: 1, items: [{ type: "snapshot", fleet: aFleet({ instances: [view] }) }] });
  show(() => <UnlockForm instance="ins_1" />);
  type("Password", "s3cret");
  expect(button("Unlock")?.disabled).toBe(true);
  check("Send it all the same");
  button("Unlock")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("unlock_instance", expect.objectContaining({ overhearing_accepted: true }));
});
