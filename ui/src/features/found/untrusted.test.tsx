import { createSignal, type JSX } from "solid-js";
import { render } from "solid-js/web";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useBackend } from "../../backend";
import { BackendFailure } from "../../backend/failure";
import type { Backend } from "../../backend/types";
import { anInstance } from "../../model/fixtures";
import type { CertificateView, InstanceView } from "../../wire/messages";
import { AddressDialog } from "./AddressDialog";
import { isEncrypted, isHere, isSameServer, takenApart } from "./address";
import { factsOf, problemOf } from "./certificate";
import { UntrustedNote } from "./UntrustedNote";

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

const compared = () =>
  [...document.querySelectorAll("label")]
    .find((one) => one.textContent?.includes("I have compared"))
    ?.querySelector<HTMLInputElement>("input");

const settled = () => new Promise((resolve) => setTimeout(resolve));

const YEAR = 365 * 24 * 60 * 60_000;

function aCertificate(more: Partial<CertificateView> = {}): CertificateView {
  return {
    fingerprint: "AA:BB",
    subject: "CN=build.example",
    issuer: "CN=Example",
    is_self_signed: false,
    names: ["build.example", "10.0.0.7"],
    from_ms: YEAR,
    until_ms: 3 * YEAR,
    problem: { problem: "unknown_issuer" },
    ...more,
  };
}

test("a certificate is told in words, and what is wrong with it stands out", () => {
  const wrong = (certificate: CertificateView, now: number) =>
    factsOf(certificate, now)
      .filter((fact) => fact.isWrong)
      .map((fact) => fact.name);
  expect(wrong(aCertificate(), 2 * YEAR)).toEqual(["Signed by"]);
  expect(wrong(aCertificate({ problem: { problem: "expired" } }), 4 * YEAR)).toEqual(["Until"]);
  expect(wrong(aCertificate({ problem: { problem: "not_yet_valid" } }), 0)).toEqual(["Holds from"]);
  expect(wrong(aCertificate({ problem: { problem: "wrong_name", wanted: "x" } }), 2 * YEAR)).toEqual(["Names"]);
  const changed = aCertificate({ problem: { problem: "changed", trusted: "CC:DD" } });
  expect(factsOf(changed, 2 * YEAR).map((fact) => fact.value)).toContain("CC:DD");
  expect(problemOf(changed)).toBe("Its certificate has changed");
  expect(problemOf(aCertificate({ is_self_signed: true }))).toContain("nobody but itself");
  const empty = aCertificate({ subject: "", names: [], from_ms: null, until_ms: null });
  expect(factsOf(empty, 0).filter((fact) => fact.value === "not said")).toHaveLength(4);
});

test("what is typed tells whether the way is encrypted and leaves the machine", () => {
  for (const url of ["localhost:4096", "http://127.0.0.1:1/x", "me:pw@127.0.0.1:1", "[::1]:1", "http://localhost"])
    expect(isHere(url), url).toBe(true);
  for (const url of ["build:4096", "http://10.0.0.7", "localhost.example:1", "http://127.0.0.1.example"])
    expect(isHere(url), url).toBe(false);
  expect(isEncrypted(" HTTPS://x")).toBe(true);
  expect(isEncrypted("httpsx://x")).toBe(false);
});

test("a user and a password in an address are taken out of it, and servers are told apart", () => {
  expect(takenApart("http://ada:p%40ss@build:4096/x@y")).toEqual({
    url: "http://build:4096/x@y",
    user: "ada",
    password: "p@ss",
  });
  expect(takenApart("ada:p@ss:100%@build")).toEqual({ url: "build", user: "ada", password: "p@ss:100%" });
  expect(takenApart("https://bob@host")).toEqual({ url: "https://host", user: "bob", password: "" });
  expect(takenApart("https://host/a@b")).toBeNull();
  expect(isSameServer("https://a.example/x", "https://A.example:443/")).toBe(true);
  expect(isSameServer("https://a.example", "https://b.example")).toBe(false);
  expect(isSameServer("https://a.example", "")).toBe(false);
});

test("what shows a certificate that nobody trusts is added only when a person has compared it", async () => {
  const added = vi.fn();
  show(() => <AddressDialog open onClose={() => {}} onDone={added} />);
  const untrusted = (certificate: CertificateView) => ({
    url: "https://build.example",
    is_overheard: false,
    found: { found: "untrusted", certificate, reason: "no" },
  });
  call.mockResolvedValueOnce(untrusted(aCertificate()));
  type("Address", "https://build.example");
  type("Password", "s3cret");
  button("Add")?.click();
  await settled();
  expect(call.mock.calls).toEqual([["check_address", { url: "https://build.example", trust: null }]]);
  const text = document.querySelector("[role='alert']")?.textContent;
  for (const fact of ["nobody knows who signed it", "CN=build.example", "10.0.0.7", "AA:BB"])
    expect(text).toContain(fact);
  expect(button("Trust and add")?.disabled).toBe(true);

  // It shows yet another one: nothing is added, and that one is to be compared.
  compared()?.click();
  call.mockResolvedValueOnce(untrusted(aCertificate({ fingerprint: "EE:FF" })));
  button("Trust and add")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("check_address", {
    url: "https://build.example",
    trust: { trust: "pinned", fingerprint: "AA:BB" },
  });
  expect(compared()?.checked).toBe(false);
  expect(document.body.textContent).toContain("EE:FF");

  compared()?.click();
  call.mockResolvedValueOnce({ url: "https://build.example", is_overheard: false, found: { found: "locked" } });
  call.mockResolvedValueOnce({ instance: "ins_9" });
  button("Trust and add")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith(
    "add_address",
    expect.objectContaining({ trust: { trust: "pinned", fingerprint: "EE:FF" }, overhearing_accepted: false }),
  );
  expect(added).toHaveBeenCalledWith("ins_9");
});

test("another address is looked at anew", async () => {
  show(() => <AddressDialog open onClose={() => {}} onDone={() => {}} />);
  call.mockResolvedValueOnce({
    url: "https://build.example",
    is_overheard: false,
    found: { found: "untrusted", certificate: aCertificate(), reason: "no" },
  });
  type("Address", "https://build.example");
  button("Add")?.click();
  await settled();
  type("Address", "https://other.example");
  expect(document.body.textContent).not.toContain("AA:BB");
  expect(button("Add")?.disabled).toBe(false);
});

test("an address that was added opens filled in, and what is not touched stays", async () => {
  const changed = vi.fn();
  const instance = anInstance("far", { kind: "remote", owner: "external", is_secured: true, name: "Build" });
  call.mockResolvedValueOnce({
    url: "https://build.example/opencode",
    user: "ada",
    trust: { trust: "pinned", fingerprint: "AA:BB" },
  });
  show(() => <AddressDialog open instance={instance} onClose={() => {}} onDone={changed} />);
  await settled();
  expect(call.mock.calls).toEqual([["added_address", { instance: "far" }]]);
  expect(document.body.textContent).toContain("Change the address of Build");
  expect([field("Address").value, field("User").value, field("Password").value]).toEqual([
    "https://build.example/opencode",
    "ada",
    "",
  ]);
  expect(field("Password").placeholder).toBe("As before");
  expect(document.body.textContent).toContain("SHA-256 AA:BB");
  expect(document.body.textContent, "it has a question of its own").not.toContain("Optional; otherwise the address.");

  type("Address", "https://far.example/opencode");
  call.mockResolvedValueOnce({ url: "x", is_overheard: false, found: { found: "locked" } });
  call.mockResolvedValueOnce({ instance: "far" });
  button("Change")?.click();
  await settled();
  expect(call.mock.calls.slice(1)).toEqual([
    ["check_address", { url: "https://far.example/opencode", trust: { trust: "pinned", fingerprint: "AA:BB" } }],
    [
      "change_address",
      {
        instance: "far",
        url: "https://far.example/opencode",
        trust: { trust: "pinned", fingerprint: "AA:BB" },
        user: "ada",
        password: null,
        keep: "no",
        overhearing_accepted: false,
      },
    ],
  ]);
  expect(changed).toHaveBeenCalledWith("far");
});

test("the password from before is not sent where it can be read unless the person says so", async () => {
  call.mockResolvedValueOnce({ url: "https://build.example", user: "ada", trust: { trust: "system" } });
  const instance = anInstance("far", { kind: "remote", owner: "external" });
  show(() => <AddressDialog open instance={instance} onClose={() => {}} onDone={() => {}} />);
  expect(button("Change")?.disabled, "it is not known yet what is changed").toBe(true);
  await settled();
  expect(button("Change")?.disabled).toBe(false);
  type("Address", "http://build.example:4096");
  expect(button("Change")?.disabled).toBe(true);
  expect(document.querySelector("[role='alert']")?.textContent).toContain("Send it all the same");
});

const farAway = (more: Partial<InstanceView> = {}) =>
  anInstance("far", { kind: "remote", owner: "external", is_secured: true, ...more });

test("a password that is not kept has to be typed again for a way where it can be read", async () => {
  for (const [is_secured, user, url, says] of [
    [true, "ada", "http://build", "As before"],
    [true, null, "https://build", "As before"],
    [true, null, "http://build", "Type it again"],
    [null, null, "https://build", "As before, if any"],
    [null, null, "http://build", "None"],
    [false, null, "https://build", "None"],
  ] as const) {
    call.mockResolvedValueOnce({ url: "https://build.example", user, trust: { trust: "system" } });
    show(() => <AddressDialog open instance={farAway({ is_secured })} onClose={() => {}} onDone={() => {}} />);
    await settled();
    type("Address", url);
    expect(field("Password").placeholder, `${is_secured} ${user} ${url}`).toBe(says);
    expect(document.body.textContent?.includes("It is not kept")).toBe(says === "Type it again");
    end();
    document.body.replaceChildren();
  }
});

test("a certificate that has changed is alarming, but not at another address", async () => {
  const certificate = aCertificate({ problem: { problem: "changed", trusted: "CC:DD" } });
  const known = { url: "https://build.example", user: null, trust: { trust: "pinned", fingerprint: "CC:DD" } };
  call.mockResolvedValueOnce(known);
  show(() => <AddressDialog open instance={farAway()} onClose={() => {}} onDone={() => {}} />);
  await settled();
  const untrusted = { url: "x", is_overheard: false, found: { found: "untrusted", certificate, reason: "no" } };
  call.mockResolvedValue(untrusted);
  button("Change")?.click();
  await settled();
  const said = () => document.querySelector("[role='alert']")?.textContent;
  expect(said()).toContain("Its certificate has changed");
  expect(said()).toContain("Somebody may stand between you and the server");
  type("Address", "https://other.example");
  button("Change")?.click();
  await settled();
  expect(said()).toContain("It shows another certificate than the one that is trusted");
  expect(said()).not.toContain("Somebody may stand between");
  expect(said()).toContain("Compare the SHA-256");
});

test("after Cancel a late answer adds nothing, closes nothing and goes nowhere", async () => {
  const [isOpen, setOpen] = createSignal(true);
  const closed = vi.fn(() => setOpen(false));
  const added = vi.fn();
  show(() => <AddressDialog open={isOpen()} onClose={closed} onDone={added} />);
  const answers: ((value: unknown) => void)[] = [];
  call.mockImplementation(() => new Promise((resolve) => answers.push(resolve)));
  type("Address", "https://old.example");
  button("Add")?.click();
  await settled();
  expect(field("Address").readOnly, "it is of what is shown").toBe(true);
  button("Cancel")?.click();
  setOpen(true);
  await settled();
  expect(field("Address").value).toBe("");
  expect(field("Address").readOnly).toBe(false);
  type("Address", "https://new.example");
  answers[0]?.({ url: "x", is_overheard: false, found: { found: "open" } });
  await settled();
  expect(
    call.mock.calls.map(([name]) => name),
    "nothing is added",
  ).toEqual(["check_address"]);

  // Also one that is being added.
  button("Add")?.click();
  await settled();
  answers[1]?.({ url: "x", is_overheard: false, found: { found: "open" } });
  await settled();
  expect(call.mock.calls.at(-1)).toEqual(["add_address", expect.objectContaining({ url: "https://new.example" })]);
  button("Cancel")?.click();
  closed.mockClear();
  setOpen(true);
  await settled();
  answers[2]?.({ instance: "ins_9" });
  await settled();
  expect(closed).not.toHaveBeenCalled();
  expect(added).not.toHaveBeenCalled();
});

test("a user and a password that are written into the address go into their fields, and are asked about there", async () => {
  show(() => <AddressDialog open onClose={() => {}} onDone={() => {}} />);
  type("Address", "http://ada:s3cret@build:4096");
  button("Add")?.click();
  await settled();
  expect(call).not.toHaveBeenCalled();
  expect([field("Address").value, field("User").value, field("Password").value]).toEqual([
    "http://build:4096",
    "ada",
    "s3cret",
  ]);
  expect(button("Add")?.disabled).toBe(true);
  expect(document.querySelector("[role='alert']")?.textContent).toContain("Send it all the same");
  expect(document.body.textContent, "whether it is kept").toContain("Keep");
});

test("what is wrong with a file of certificates is not said of the address", async () => {
  call.mockResolvedValueOnce({
    url: "https://build.example",
    user: null,
    trust: { trust: "ca", file: "/etc/gone.pem" },
  });
  show(() => <AddressDialog open instance={farAway()} onClose={() => {}} onDone={() => {}} />);
  await settled();
  call.mockRejectedValueOnce(
    new BackendFailure({ code: "invalid", message: "`/etc/gone.pem` is not there", hint: null, detail: null }),
  );
  button("Change")?.click();
  await settled();
  expect(field("Address").getAttribute("aria-invalid")).toBeNull();
  expect(document.querySelector("[role='alert']")?.textContent).toContain("“/etc/gone.pem” is not there");
});

test("a user's name alone is not taken", async () => {
  show(() => <AddressDialog open onClose={() => {}} onDone={() => {}} />);
  type("Address", "127.0.0.1:4096");
  type("User", "ada");
  expect(button("Add")?.disabled).toBe(true);
  expect(document.body.textContent).toContain("Needs a password, too.");
  type("Password", "s3cret");
  expect(button("Add")?.disabled).toBe(false);
});

test("an instance whose certificate is not trusted is trusted in place, deliberately", async () => {
  const [certificate, setCertificate] = createSignal(aCertificate());
  show(() => <UntrustedNote instance="ins_1" certificate={certificate()} />);
  expect(button("Trust this certificate")?.disabled).toBe(true);
  compared()?.click();
  // Another one by now: what was compared does not count for it.
  setCertificate(aCertificate({ fingerprint: "EE:FF", problem: { problem: "changed", trusted: "AA:BB" } }));
  expect(button("Trust this certificate")?.disabled).toBe(true);
  expect(document.body.textContent).toContain("Somebody may stand between you and the server");
  compared()?.click();
  button("Trust this certificate")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("trust_certificate", {
    instance: "ins_1",
    trust: { trust: "pinned", fingerprint: "EE:FF" },
  });

  button("Choose an authority instead")?.click();
  const refusal = {
    code: "invalid" as const,
    message: "The certificates in `/x` cannot be used",
    hint: null,
    detail: null,
  };
  call.mockRejectedValueOnce(new BackendFailure(refusal));
  type("File with certificates", " /x ");
  button("Trust who it names")?.click();
  await settled();
  expect(call).toHaveBeenLastCalledWith("trust_certificate", {
    instance: "ins_1",
    trust: { trust: "ca", file: "/x" },
  });
  expect(document.body.textContent).toContain("cannot be used");
});
