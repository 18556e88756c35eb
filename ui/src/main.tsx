/** Starts the window: the backend, the pushes, the app. */
import "./styles/tokens.css";
import { createEffect, createRoot } from "solid-js";
import { render } from "solid-js/web";
import { App } from "./app/App";
import { followCore } from "./app/core";
import { startBackend } from "./backend";
import { model } from "./model/store";

const root = document.getElementById("app");
if (!root) throw new Error("The page has no #app");

const core = await startBackend();
followCore(core);
render(() => <App />, root);

// The end of a start, for whoever measures it: the fleet is on screen, and the frame that shows it was painted.
createRoot((done) =>
  createEffect(() => {
    if (!model.loaded) return;
    requestAnimationFrame(() => setTimeout(() => performance.mark("interactive")));
    done();
  }),
);
