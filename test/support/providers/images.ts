import { hasBearer, openAiRefusal } from "./bearer.ts";
import { fakePicture } from "./picture.ts";
import { type FakeVendor, textField } from "./vendor.ts";

/** Pictures with OpenAI's protocol. Its base is `{origin}/images/v1`. */
export const images: FakeVendor = {
  name: "images",
  key: "sk-fake-images-c2e94d7a60b14f83",
  isAuthorized: (request) => request.path.startsWith("/files/") || hasBearer(request, images.key),
  refusal: openAiRefusal,
  isPaid: ({ method }) => method === "POST",
  answer({ method, path, query, body, base }, odd) {
    if (method === "GET" && path === "/files/picture.png") {
      const [width = 256, height = 256] = (query.get("size") ?? "").split("x").map(Number);
      return { status: 200, body: fakePicture(query.get("prompt") ?? "", width, height), mediaType: "image/png" };
    }
    if (method !== "POST" || path !== "/v1/images/generations") return null;
    if (odd === "empty") return { status: 200, body: { created: 1_760_000_000, data: [] } };
    const prompt = textField(body, "prompt");
    // A quarter of the requested size, because tests need no more.
    const size = textField(body, "size")
      .split("x")
      .map((side) => Math.round(Number(side) / 4));
    const [width = 256, height = 256] = size;
    const link = `${base}/files/picture.png?${new URLSearchParams({ prompt, size: size.join("x") })}`;
    const picture = Buffer.from(fakePicture(prompt, width, height)).toString("base64");
    const data = odd === "url" ? { url: link } : { b64_json: picture };
    return { status: 200, body: { created: 1_760_000_000, data: [data] } };
  },
};
