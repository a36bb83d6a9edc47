import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Debian's Chromium, or the one named; null where there is none. */
export const chromiumPath: string | null =
  [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path)) ??
  null;

/** Starts Chromium. Close it afterwards. */
export function startChromium(): Promise<Browser> {
  if (chromiumPath === null) throw new Error("needs chromium");
  // No sandbox: as root, which is what a container runs as, Chromium refuses to have one.
  return chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--mute-audio"] });
}

/** A page that collects what goes wrong on it: script errors, and what its policy blocked. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(url);
  return { page, faults };
}
