import { expect, test } from "vitest";
import { skippedWithout } from "../../support/skipped.ts";
import { chromiumPath, openPage, startChromium } from "../support/browser.ts";
import { origin } from "../support/running-service.ts";

const hasChromium = chromiumPath !== null;

test.skipIf(!hasChromium)(
  `the API reference works in Chromium without script errors or blocked resources${skippedWithout(hasChromium, "chromium")}`,
  async () => {
    const browser = await startChromium();
    try {
      const { page, faults } = await openPage(browser, `${origin}/docs`);
      await page.locator(".opblock-summary-path", { hasText: "/api/v1/videos" }).first().waitFor();
      await page.locator(".opblock-summary-path", { hasText: "/health" }).first().click();
      await page.locator("button", { hasText: "Try it out" }).click();
      await page.locator("button", { hasText: "Execute" }).click();
      await page.locator(".live-responses-table .response-col_status", { hasText: "200" }).waitFor();
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  },
);

test("the scripts of the pages are served with X-Content-Type-Options nosniff", async () => {
  for (const path of ["/player/player.js", "/reference/reference.js", "/vendor/hls/hls.min.js"]) {
    const { status, headers } = await fetch(origin + path);
    expect([status, headers.get("x-content-type-options")]).toEqual([200, "nosniff"]);
  }
});
