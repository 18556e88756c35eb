/** Starts the window: the backend, the pushes, the app. */
import "./styles/tokens.css";
import { render } from "solid-js/web";
import { App } from "./app/App";
import { followCore } from "./app/core";
import { startBackend } from "./backend";

const root = document.getElementById("app");
if (!root) throw new Error("The page has no #app");

const core = await startBackend();
followCore(core);
render(() => <App />, root);
