import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Path of Chromium: `CHROMIUM` from the environment, else Debian's; null if it is not installed. */
export const chromiumPath: string | null =
  [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) => path && existsSync(path)) ??
  null;

/** Starts Chromium; the caller closes it. Throws if Chromium is not installed. */
export function startChromium(): Promise<Browser> {
  if (chromiumPath === null) throw new Error("needs chromium");
  // Chromium refuses to run as root with its sandbox, and containers usually run as root.
  return chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox", "--mute-audio"] });
}

/** Opens a page and collects its script errors and console errors, for example blocked resources. */
export async function openPage(browser: Browser, url: string): Promise<{ page: Page; faults: string[] }> {
  const page = await browser.newPage();
  // A busy machine is slow.
  page.setDefaultTimeout(120_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  await page.goto(url);
  return { page, faults };
}
