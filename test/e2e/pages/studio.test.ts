import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { create, finish, getTask } from "../../../scripts/client.ts";
import { skippedWithout } from "../../support/skipped.ts";
import { chromiumPath, openPage, startChromium } from "../support/browser.ts";
import { origin, useSlowRenderer } from "../support/running-service.ts";
import { sample, uploadSmallSamples } from "../support/samples.ts";

useSlowRenderer();

/** A busy machine is slow. */
const WAIT = { timeout: 120_000 };
const hasChromium = chromiumPath !== null;
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const script = "Edgereel makes short videos. You paste a script. Then you watch it.";

/** What axe finds in a page that is serious for visitors. */
async function seriousFaults(page: Page): Promise<string[]> {
  // The page's policy forbids inline scripts, so axe comes through the debugger.
  await page.evaluate(await (await import("node:fs/promises")).readFile(axe, "utf8"));
  return page.evaluate(async () => {
    const { axe: runner } = globalThis as unknown as {
      axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
    };
    const { violations } = await runner.run();
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

describe.skipIf(!hasChromium)(`in Chromium${skippedWithout(hasChromium, "chromium")}`, { concurrent: true }, () => {
  let browser: Browser;
  let id: string;

  beforeAll(async () => {
    await uploadSmallSamples(origin);
    browser = await startChromium();
    id = await create(origin, {
      video_subject: "Waves of the sea",
      video_materials: [{ url: "dusk.mp4" }],
      video_clip_duration: 0.5,
    });
    await finish(origin, id);
  });
  afterAll(() => browser?.close());

  test("the studio shows what the API refuses at the field, in words, and keeps the draft over a reload", async ({
    expect,
  }) => {
    const { page } = await openPage(browser, `${origin}/`);
    await page.locator("textarea").fill(script);
    await page.getByText("Uploaded before").click();
    await page.getByRole("button", { name: "Add: dusk.mp4" }).click();
    await page.getByText("More settings").click();
    await page.getByLabel("video_count", { exact: true }).fill("99");
    await page.getByRole("button", { name: "Make video" }).click();
    const setting = page.locator(".settings .field", { has: page.getByLabel("video_count", { exact: true }) });
    await setting.locator(".error").waitFor(WAIT);
    expect(await setting.locator(".error").textContent()).toMatch(/10/);
    await page.reload();
    expect(await page.locator("textarea").inputValue()).toBe(script);
    expect(await page.locator("ol.list li .name").allTextContents()).toEqual(["dusk.mp4"]);
    await page.getByRole("button", { name: "Copy as code" }).click();
    expect(await page.locator("pre").textContent()).toContain('"video_count": 99');
    await page.close();
  });

  test("the studio lists videos as posters, finds them by their subject, and undoes a deletion", async ({ expect }) => {
    const { page, faults } = await openPage(browser, `${origin}/#/library`);
    await page.getByRole("searchbox").fill("waves OF");
    const card = page.locator(".card", { hasText: "Waves of the sea" });
    await card.waitFor(WAIT);
    await page.waitForFunction(() => (document.querySelector<HTMLImageElement>(".card img")?.naturalWidth ?? 0) > 0);
    await page.getByRole("searchbox").fill("no such subject");
    await page.getByText("Nothing found.").waitFor(WAIT);
    await page.goto(`${origin}/#/tasks/${id}`);
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("heading", { name: "Waves of the sea" }).waitFor(WAIT);
    expect((await getTask(origin, id)).state).toBe(1);
    await page.getByRole("button", { name: "Make again with changes" }).click();
    await page.getByLabel("What is the video about?").waitFor(WAIT);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("the studio asks for a key if the service wants one, keeps it in the tab, and never puts it into an address", async ({
    expect,
  }) => {
    const page = await browser.newPage();
    const addresses: string[] = [];
    page.on("request", (request) => addresses.push(request.url()));
    await page.route("**/api/v1/**", async (route) => {
      const key = await route.request().headerValue("x-api-key");
      if (key === "the-key") return route.continue();
      const body = { status: 401, message: "an API key is needed", data: null };
      await route.fulfill({ status: 401, json: body });
    });
    await page.goto(`${origin}/#/library`);
    await page.getByLabel("API key").fill("wrong");
    await page.getByRole("button", { name: "Use key" }).click();
    await page.getByText("The service does not know this key.").waitFor(WAIT);
    await page.getByLabel("API key").fill("the-key");
    await page.getByRole("button", { name: "Use key" }).click();
    await page.locator(".card").first().waitFor(WAIT);
    await page.reload();
    await page.locator(".card").first().waitFor(WAIT);
    expect(addresses.filter((address) => address.includes("the-key"))).toEqual([]);
    await page.getByRole("button", { name: "Forget key" }).click();
    await page.getByLabel("API key").waitFor(WAIT);
    await page.close();
  });

  test("the studio sends a large clip in parts, shows how far it is, and adds it to the video", async ({ expect }) => {
    const { page, faults } = await openPage(browser, `${origin}/`);
    const methods: string[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/api/v1/uploads")) methods.push(request.method());
    });
    // A box of free space behind the clip (ISO/IEC 14496-12 §8.1.2) makes it large.
    const free = Buffer.alloc(9 * 2 ** 20);
    free.writeUInt32BE(free.length);
    free.write("free", 4);
    const buffer = Buffer.concat([await sample("dusk.mp4"), free]);
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("button", { name: "Add files" }).click(),
    ]);
    await chooser.setFiles({ name: "large dusk.mp4", mimeType: "video/mp4", buffer });
    await page.getByText(/large dusk\.mp4: \d+ %/).waitFor(WAIT);
    await page.locator("ol.list .name", { hasText: "large dusk.mp4" }).waitFor(WAIT);
    expect(methods.slice(0, 2)).toEqual(["POST", "PATCH"]);
    expect(faults).toEqual([]);
    await page.close();
  });

  test("the studio shows the first words of the script in the chosen look, keeps the last preview while it loads the next, and cancels outdated ones", async ({
    expect,
  }) => {
    const { page, faults } = await openPage(browser, `${origin}/`);
    const bodies: Record<string, unknown>[] = [];
    page.on("request", (request) => {
      if (request.url().endsWith("/caption-previews")) bodies.push(request.postDataJSON());
    });
    await page.locator("textarea").fill(script);
    expect(await page.locator(".preview").count()).toBe(0);
    await page.getByText("Big pop").click();
    const video = page.getByLabel("Preview of the captions: Edgereel makes short videos.");
    const shape = () => video.evaluate((element: HTMLVideoElement) => element.videoWidth / element.videoHeight);
    await expect.poll(shape, WAIT).toBeCloseTo(9 / 16, 2);
    const first = await video.getAttribute("src");
    await page.getByText("1:1").click();
    expect(await video.getAttribute("src")).toBe(first);
    await expect.poll(shape, WAIT).toBe(1);
    await page.getByText("Change the look").click();
    // The values of the look, not the API's defaults.
    await expect.poll(() => page.getByLabel("font_size", { exact: true }).inputValue(), WAIT).toBe("130");
    const second = await video.getAttribute("src");
    await page.getByLabel("font_size", { exact: true }).pressSequentially("0");
    await page.locator(".preview .error").waitFor(WAIT);
    expect(await page.locator(".preview .error").textContent()).toMatch(/^font_size: /);
    expect(await video.getAttribute("src")).toBe(second);
    // In one task of the page, so that the second one comes in time on any machine.
    await page.getByLabel("font_size", { exact: true }).evaluate((input: HTMLInputElement) => {
      for (const value of ["9", "95"]) {
        input.value = value;
        input.dispatchEvent(new Event("input", { bubbles: true }));
      }
    });
    await expect.poll(() => video.getAttribute("src"), WAIT).not.toBe(second);
    expect(bodies.map(({ font_size }) => font_size)).toEqual([undefined, undefined, 1300, 95]);
    expect(faults.filter((fault) => !fault.includes("400"))).toEqual([]);
    await page.close();
  });

  test("the studio finds stock clips, shows their pictures, makes a video of a chosen one, and names its author", async ({
    expect,
  }) => {
    const { page, faults } = await openPage(browser, `${origin}/`);
    const hosts = new Set<string>();
    page.on("request", (request) => hosts.add(new URL(request.url()).origin));
    await page.locator("textarea").fill("The sea.");
    await page.getByRole("button", { name: "Search stock clips" }).click(WAIT);
    await page.getByRole("searchbox", { name: "What should the clip show?" }).fill("the sea");
    await page.keyboard.press("Enter");
    const picture = page.locator(".stock img").first();
    await picture.waitFor(WAIT);
    expect(await picture.evaluate((image: HTMLImageElement) => image.decode().then(() => image.naturalWidth))).toBe(64);
    await page.locator(".stock button").first().click();
    expect(await page.locator("ol.list .name").textContent()).toMatch(/^Pexels · Author \d · the sea$/);
    await page.getByRole("button", { name: "Make video" }).click();
    await page.waitForURL(/#\/tasks\//, WAIT);
    const task = await finish(origin, page.url().split("/").at(-1) ?? "");
    expect(task.materials).toMatchObject([
      { provider: "pexels", author: expect.stringMatching(/^Author/), term: "the sea" },
    ]);
    await page.getByText("Pictures by").click(WAIT);
    await page.getByRole("link", { name: task.materials?.[0]?.author ?? "" }).waitFor(WAIT);
    // The pictures, too, came from the service.
    expect([...hosts].filter((host) => host !== "null")).toEqual([origin]);
    expect(faults).toEqual([]);
    await page.close();
  });

  test.for([
    [390, "light", "en-US"],
    [1280, "dark", "zh-CN"],
    [1920, "light", "zh-CN"],
  ] as const)(
    "the studio is accessible and fits a screen of %i px in %s colours and the language %s",
    async ([width, colorScheme, locale], { expect }) => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme, locale });
      for (const path of ["", "#/library", "#/library/fonts", `#/tasks/${id}`, "#/tasks/none"]) {
        await page.goto(`${origin}/${path}`);
        await page.locator("h1").waitFor(WAIT);
        await page.waitForFunction(() => !/Loading …|加载中…/.test(document.body.innerText), null, WAIT);
        expect([path, await seriousFaults(page)]).toEqual([path, []]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect([path, overflow]).toEqual([path, 0]);
      }
      expect(await page.locator("html").getAttribute("lang")).toBe(locale.slice(0, 2));
      await page.close();
    },
  );
});
