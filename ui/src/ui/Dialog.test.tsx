import { render } from "solid-js/web";
import { afterEach, expect, test, vi } from "vitest";
import { Button } from "./Button";
import { ConfirmDialog } from "./ConfirmDialog";
import { Dialog } from "./Dialog";
import { TextField } from "./TextField";

let end = () => {};

afterEach(() => {
  end();
  document.body.replaceChildren();
});

function show(draw: Parameters<typeof render>[0]) {
  const root = document.createElement("div");
  document.body.append(root);
  end = render(draw, root);
}

const focused = () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim();

test("a question has its safe button focused, not the one that closes it nor the one that does it", async () => {
  show(() => (
    <ConfirmDialog open title="Stop it?" text="" confirm="Stop" onClose={() => {}} onConfirm={async () => {}} />
  ));
  await vi.waitFor(() => expect(focused()).toBe("Cancel"));
});

test("a dialog with fields has the first one focused, also where none asks for it", async () => {
  show(() => (
    <Dialog open title="Name it" onClose={() => {}} actions={<Button>Cancel</Button>}>
      <TextField label="Name" />
      <TextField label="Group" />
    </Dialog>
  ));
  await vi.waitFor(() => {
    const field = document.activeElement as HTMLInputElement;
    expect(field.labels?.[0]?.textContent?.trim()).toBe("Name");
  });
});
