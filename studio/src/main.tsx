import { render } from "preact";
import { App } from "./app.tsx";
import "./shared/base.css";
import "./shared/layout.css";
import "./shared/controls.css";

const root = document.getElementById("app");
if (root) render(<App />, root);
