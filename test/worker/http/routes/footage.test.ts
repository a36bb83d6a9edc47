import { afterEach, expect, test, vi } from "vitest";
import type { StockFootage } from "../../../../src/api/stock-footage.ts";
import type { TaskData } from "../../../../src/api/task.ts";
import { call, post, request } from "../../support/bindings.ts";
import { upload } from "../../support/uploads.ts";

const PATH = "/api/v1/footage";
/** The start of a PNG file. */
const PNG = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

afterEach(() => vi.restoreAllMocks());

/** Answers calls of other hosts, by their host. DNS lookups find a public address. */
function answerOthers(hosts: Record<string, () => Response>): void {
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
    const url = new URL(input instanceof Request ? input.url : String(input));
    if (url.pathname.endsWith("/dns-query")) {
      const Answer = [{ name: "x", type: 1, TTL: 60, data: "93.184.216.34" }];
      return Response.json({ Status: 0, Answer: url.searchParams.get("type") === "AAAA" ? [] : Answer });
    }
    return hosts[url.host]?.() ?? new Response("no such host", { status: 502 });
  });
}

test("a search for footage lists clips with their file, length, credit and a thumbnail at this service", async () => {
  const { status, data } = await call<{ footage: StockFootage[]; warnings: unknown[] }>(
    `${PATH}?query=city&aspect=9:16`,
  );
  expect([status, data.warnings]).toEqual([200, []]);
  expect(data.footage).toEqual([
    {
      ...{ id: "city", url: "https://clips.example/city.mp4", width: 1080, height: 1920, duration: 9 },
      thumbnail: `${PATH}/thumbnail?url=${encodeURIComponent("https://clips.example/city.jpg")}`,
      credit: {
        ...{ provider: "pexels", page: "https://clips.example/page", author: "Ann", author_page: null },
        ...{ licence: "free", term: "city" },
      },
    },
  ]);
});

test("a search that finds nothing is an empty list, and one whose only provider fails says why", async () => {
  expect((await call<{ footage: unknown[] }>(`${PATH}?query=nothing`)).data.footage).toEqual([]);
  const failed = await call(`${PATH}?query=refuse`);
  expect([failed.status, failed.headers.get("x-error-code")]).toEqual([503, "provider_refused"]);
  const other = await call(`${PATH}?query=city&provider=pixabay`);
  expect([other.status, other.message]).toEqual([503, "the provider pixabay is not configured: set PIXABAY_API_KEY"]);
});

test("an error of a search for footage names the parameter", async () => {
  for (const [query, message] of [
    ["", /^query: /],
    ["?query=%20", /^query: must say what to search for/],
    [`?query=${"a".repeat(101)}`, /^query: /],
    ["?query=a&aspect=2:1", /^aspect: /],
    ["?query=a&provider=image", /^provider: /],
    ["?query=a&page=0", /^page: must be a whole number from 1 to 99/],
  ] as const) {
    const answer = await call(`${PATH}${query}`);
    expect([query, answer.status, answer.message]).toEqual([query, 400, expect.stringMatching(message)]);
  }
});

test("a thumbnail is served as the picture that its bytes are, and browsers run nothing of it", async () => {
  answerOthers({ "clips.example": () => new Response(PNG, { headers: { "content-type": "text/html" } }) });
  const response = await request(`${PATH}/thumbnail?url=${encodeURIComponent("https://clips.example/a.jpg")}`);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/png"]);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(new Uint8Array(await response.arrayBuffer())).toEqual(PNG);
});

test("a thumbnail is refused if its host is private, if it is no picture, or if it is too large", async () => {
  const large = new Uint8Array(1_048_577);
  large.set(PNG);
  answerOthers({
    "page.example": () => new Response("<html><p>Hello", { headers: { "content-type": "image/png" } }),
    "svg.example": () =>
      new Response("<svg xmlns='http://www.w3.org/2000/svg'/>", { headers: { "content-type": "image/png" } }),
    "large.example": () => new Response(large),
    "binary.example": () => new Response(new Uint8Array(64)),
  });
  for (const [url, status, message] of [
    ["https://127.0.0.1/a.png", 400, /^url: /],
    ["https://169.254.169.254/latest", 400, /^url: /],
    ["http://clips.example/a.png", 400, /^url: .*https/],
    ["file:///etc/passwd", 400, /^url: /],
    ["", 400, /^url: /],
    ["https://page.example/a.png", 400, /^url: .*a web page/],
    ["https://svg.example/a.png", 400, /^url: .*XML/],
    ["https://large.example/a.png", 400, /^url: is larger than 1048576 bytes/],
    ["https://binary.example/a.png", 400, /^url: is not a JPEG, PNG or WebP picture/],
    ["https://away.example/a.png", 404, /^url: away.example answered 502/],
  ] as const) {
    const answer = await call(`${PATH}/thumbnail?url=${encodeURIComponent(url)}`);
    expect([url, answer.status, answer.message]).toEqual([url, status, expect.stringMatching(message)]);
  }
});

test("a task lists the credit of a material that its request gives, and refuses a credit whose page is no web page", async () => {
  await upload("video_materials", "credited.mp4");
  const credit = {
    provider: "pexels",
    page: "https://www.pexels.com/video/1/",
    author: "Ann",
    licence: "Pexels License",
  };
  const create = (given: object) =>
    post<{ task_id: string }>("/api/v1/videos", { video_materials: [{ url: "credited.mp4", credit: given }] });
  const { data } = await create(credit);
  const task = await call<TaskData>(`/api/v1/tasks/${data.task_id}`);
  expect(task.data.materials).toEqual([{ ...credit, author_page: null, term: "" }]);
  const refused = await create({ ...credit, page: "javascript:alert(1)" });
  expect([refused.status, refused.message]).toEqual([400, expect.stringContaining("video_materials[0].credit.page")]);
});
