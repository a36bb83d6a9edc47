// Runs the author Worker with the settings of each request. Tests deploy it instead of author/src/index.ts.
import { Author } from "../../../author/src/index.ts";

export { Author };

/** A request of test/author/support/call-author.ts. */
interface HarnessRequest {
  method: string;
  args: unknown[];
  settings: Record<string, string>;
  ai?: Record<string, AiAnswer>;
  embedded?: "runs" | "dead";
  rpc?: boolean;
}

/**
 * `error` is thrown, `silence` is a WAV file of that many seconds as a stream, `file` is base64 that is answered in the
 * form that `as` names. Anything else is answered as it is.
 */
type AiAnswer = { error?: string; silence?: number; file?: string; as?: string } & object;

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;

/** A WAV file without sound, as flite and Aura answer it. */
function silence(seconds: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + Math.round(seconds * 16_000) * 2);
  const view = new DataView(bytes.buffer);
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  write(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 16_000, true);
  view.setUint32(28, 32_000, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, bytes.length - 44, true);
  return bytes;
}

/** The embedded voice, which takes a second for each word. */
const voice = {
  ping: async () => true,
  async speak({ text, rate }: { text: string; rate: number }) {
    const words = text.split(/\s+/).map((word, at) => ({ text: word, start: at / rate, end: (at + 1) / rate }));
    return { status: "done", value: { audio: silence(words.length / rate), sampleRate: 16_000, words }, warnings: [] };
  },
};

const deadVoice = {
  async ping() {
    throw new Error("the Worker does not run");
  },
  speak: () => deadVoice.ping(),
};

/** A file in one of the forms in which models answer it. */
function answeredAs(form: string, file: string): unknown {
  const bytes = Uint8Array.fromBase64(file);
  switch (form) {
    case "a stream":
      return new Blob([bytes]).stream();
    case "a stream that breaks off":
      return new ReadableStream({
        start: (controller) => controller.enqueue(bytes),
        pull: (controller) => controller.error(new Error("the connection was lost")),
      });
    case "a response":
      return new Response(bytes, { headers: { "content-type": "image/jpeg" } });
    case "an array buffer":
      return bytes.buffer;
    case "bytes":
      return bytes;
    case "base64":
      return file;
    case "base64 in a field":
      return { image: file };
    default:
      throw new Error(`unknown form ${form}`);
  }
}

/** Workers AI, as far as the Worker uses it. It keeps what it was asked. */
function workersAi(answers: Record<string, AiAnswer>, asked: object[]) {
  return {
    async run(model: string, input: object) {
      asked.push({ model, input });
      const answer = answers[model];
      if (answer === undefined) throw new Error(`5007: No such model ${model} or task`);
      if (answer.error) throw new Error(answer.error);
      if (answer.file !== undefined) return answeredAs(answer.as ?? "", answer.file);
      return answer.silence ? new Blob([silence(answer.silence)]).stream() : answer;
    },
  };
}

export default {
  async fetch(request, env, ctx) {
    const { method, args, settings, ai, embedded, rpc } = JSON.parse(await request.text(), (_, value) =>
      typeof value?.bytes === "string" ? Uint8Array.fromBase64(value.bytes) : value,
    ) as HarnessRequest;
    const asked: object[] = [];
    const bindings = {
      ...settings,
      ...(ai ? { AI: workersAi(ai, asked) } : {}),
      ...(embedded ? { VOICE: embedded === "dead" ? deadVoice : voice } : {}),
    };
    const own = new Author(ctx, bindings as unknown as ConstructorParameters<typeof Author>[1]);
    const author = (rpc ? env.AUTHOR : own) as unknown as Methods;
    const result = await author[method]?.(...args);
    const text = JSON.stringify({ result, asked }, (_, value) =>
      value instanceof Uint8Array ? { bytes: value.toBase64() } : value,
    );
    return new Response(text, { headers: { "content-type": "application/json" } });
  },
} satisfies ExportedHandler<{ AUTHOR: unknown }>;
