import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { askAbout, closeDialog, dialog, openDialog } from "../../app/dialogs";
import { InstanceDialogs } from "../../app/InstanceDialogs";
import { go, place } from "../../app/place";
import { useBackend } from "../../backend";
import type { Backend } from "../../backend/types";
import { emptyProfile } from "../../model/empty";
import { aFleet, anInstance } from "../../model/fixtures";
import { apply, resetModel } from "../../model/store";
import type { InstanceView } from "../../wire/messages";

let end = () => {};
let seq = 0;
const call = vi.fn((_name: string, _request: unknown): Promise<unknown> => Promise.resolve({}));

beforeEach(() => {
  useBackend({ call } as unknown as Backend);
  const root = document.createElement("div");
  document.body.append(root);
  end = render(() => <InstanceDialogs />, root);
});

afterEach(() => {
  closeDialog();
  end();
  resetModel();
  call.mockClear();
  document.body.replaceChildren();
});

const show = (...instances: InstanceView[]) => {
  seq += 1;
  apply({ seq, items: [{ type: "snapshot", fleet: aFleet({ instances }) }] });
};
const open = () => document.querySelector<HTMLElement>("[role='dialog'], [role='alertdialog']");
const input = () => open()?.querySelector("input") as HTMLInputElement;
const button = (name: string) =>
  [...document.querySelectorAll<HTMLButtonElement>("button")].find((one) => one.textContent?.trim() === name);
const type = (text: string) => {
  input().value = text;
  input().dispatchEvent(new InputEvent("input", { bubbles: true }));
};
const settled = () => new Promise((resolve) => setTimeout(resolve));

test("what is typed stays while the instance changes", () => {
  show(anInstance("shop"));
  askAbout("rename", "shop");
  type("The shop");
  show(anInstance("shop", { doing: "Reading" }));
  expect(input().value).toBe("The shop");
  button("Save")?.click();
  expect(call).toHaveBeenCalledWith("rename_instance", { instance: "shop", name: "The shop" });
});

test("an instance goes into a group with the rest of its profile as it was", async () => {
  const profile = { ...emptyProfile(), port: 3200 };
  show(anInstance("shop", { profile }), anInstance("site", { profile: { ...emptyProfile(), group: "Clients" } }));
  askAbout("group", "shop");
  type("Own wo");
  show(anInstance("shop", { profile, doing: "Reading" }));
  expect(input().value).toBe("Own wo");
  type("Own work");
  button("Create")?.click();
  await settled();
  expect(call).toHaveBeenCalledWith("set_profile", { instance: "shop", profile: { ...profile, group: "Own work" } });
  expect(dialog()).toBeNull();
});

test("an address is forgotten, an instance removed; the page of it is left", async () => {
  show(anInstance("box", { kind: "remote", owner: "external", sources: ["added"], pid: null }));
  go({ kind: "instance", id: "box" });
  askAbout("remove", "box");
  expect(open()?.textContent).toContain("Forget the address?");
  button("Forget")?.click();
  await settled();
  expect(call).toHaveBeenCalledWith("remove_instance", { instance: "box" });
  expect(place()).toEqual({ kind: "overview" });
});

test("stop all asks with the count of its group", () => {
  const clients = { profile: { ...emptyProfile(), group: "Clients" } };
  show(anInstance("a", clients), anInstance("b"), anInstance("c", { ...clients, state: { state: "stopped" } }));
  openDialog("stop-all", "Clients");
  expect(open()?.textContent).toContain("Stop all of “Clients”?");
  expect(open()?.textContent).toContain("1 instance runs");
  button("Stop all")?.click();
  expect(call).toHaveBeenCalledWith("stop_all", { group: "Clients" });
});

test("a question about an instance that went away goes with it", () => {
  show(anInstance("shop"));
  askAbout("rename", "shop");
  expect(open()).not.toBeNull();
  show();
  expect(dialog()).toBeNull();
});

const box = { id: "c0ffee00c0ffee", name: "opencode-shop", engine: "default", image: "opencode", volume: "shop-data" };
const stopped = { state: "stopped" } as const;
const tick = () => open()?.querySelector<HTMLInputElement>("input[type='checkbox']");

test("a container is removed without its sessions, unless that is ticked, and then it is said what is lost", async () => {
  show(anInstance("shop", { kind: "docker", container: box, state: stopped }));
  askAbout("remove", "shop");
  expect(tick()?.checked).toBe(false);
  expect(open()?.textContent).toContain("They stay in the volume shop-data of its engine");
  expect(open()?.textContent, "no new instance takes it up").toContain("which a new instance does not use");
  expect(open()?.textContent).toContain("docker volume rm shop-data");
  button("Remove")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("remove_instance", { instance: "shop" });

  askAbout("remove", "shop");
  tick()?.click();
  expect(open()?.textContent).toContain("The volume shop-data is deleted");
  closeDialog();
  askAbout("remove", "shop");
  expect(tick()?.checked, "each question begins anew").toBe(false);
  tick()?.click();
  button("Remove")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("remove_instance", { instance: "shop", with_data: true });
});

test("of a process, and of a container without a volume, there is nothing to ask about", () => {
  const bare = { ...box, volume: null };
  show(anInstance("shop", { state: stopped }), anInstance("box", { kind: "docker", state: stopped, container: bare }));
  for (const name of ["shop", "box"]) {
    askAbout("remove", name);
    expect(tick()).toBeNull();
    closeDialog();
  }
});

test("somebody removed the container: its sessions may be in a volume still", async () => {
  show(anInstance("shop", { kind: "docker", state: stopped }));
  askAbout("remove", "shop");
  expect(open()?.textContent).toContain("They stay in a volume of its engine, if it has one");
  expect(open()?.textContent).toContain("docker volume ls");
  tick()?.click();
  expect(open()?.textContent).toContain("Their volume is deleted, if it has one");
  button("Remove")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("remove_instance", { instance: "shop", with_data: true });
});

test("what may run on another machine that is out of reach is ended later, and that is said before", () => {
  const there = { kind: "ssh", ssh_host: "box" } as const;
  show(
    anInstance("stopped", { ...there, state: stopped }),
    anInstance("lost", { ...there, state: { state: "unknown", reason: "It does not answer" } }),
  );
  const said = (id: string) => {
    askAbout("remove", id);
    const text = open()?.textContent;
    closeDialog();
    return text;
  };
  expect(said("stopped")).toContain("“stopped” leaves the list. Its directory");
  expect(said("stopped")).not.toContain("is ended");
  expect(said("lost")).toContain("what may still run of it there is ended as soon as it is reached");
});

test("a container of others is stopped only after a question that names it", async () => {
  show(anInstance("web", { owner: "external", kind: "docker", container: box }));
  askAbout("stop", "web");
  expect(open()?.textContent).toContain("Stop a container that another program made?");
  expect(open()?.textContent).toContain("opencode-shop");
  button("Stop")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("stop_instance", { instance: "web" });
});
