import { z } from "zod";
import { collections, type File } from "../../api/files.ts";
import { subtitlePresetIds, subtitlePresets } from "../../api/subtitle-presets.ts";
import { Author } from "../../authoring/author.ts";
import { listFiles } from "../../library/upload-file.ts";
import { uploadFromLink } from "../../library/upload-from-link.ts";
import { defineTool, type Tool } from "../tool.ts";

/** The tools for what videos are made from: voices, looks of captions and files. */
export function supplyTools(): Tool[] {
  const collection = z.enum(collections).default("video_materials").meta({
    description: "video_materials are clips and images; musics, narrations, fonts and subtitles are what they say.",
  });
  const file = z.object({ name: z.string(), size: z.int().meta({ description: "Bytes." }) });
  return [
    defineTool({
      name: "list_voices",
      title: "List voices",
      description: "Lists voices for `voice`. Give a language, because there may be hundreds.",
      nature: { effect: "reads", idempotent: true },
      input: z.strictObject({
        language: z.string().max(35).optional().meta({ description: 'BCP 47 tag or its start, e.g. "en" or "pt-BR".' }),
        gender: z.enum(["female", "male", "neutral"]).optional(),
        search: z.string().max(100).optional().meta({ description: "Part of the id or the name." }),
        limit: z.int().min(1).max(200).default(30),
      }),
      output: z.object({
        voices: z.array(
          z.object({
            id: z.string(),
            name: z.string(),
            language: z.string(),
            gender: z.string(),
            provider: z.string(),
          }),
        ),
        total: z.int().meta({ description: "How many voices match." }),
      }),
      run: async ({ language, gender, search, limit }, { caller }) => {
        const lower = (text = "") => text.toLowerCase();
        const all = await new Author(caller.env).voices();
        const matching = all.filter(
          (voice) =>
            `${lower(voice.language)}-`.startsWith(language === undefined ? "" : `${lower(language)}-`) &&
            (gender === undefined || voice.gender === gender) &&
            (lower(voice.id).includes(lower(search)) || lower(voice.name).includes(lower(search))),
        );
        const voices = matching
          .slice(0, limit)
          .map(({ id, name, language, gender, provider }) => ({ id, name, language, gender, provider }));
        const lines = voices.map(({ id, name, language, gender }) => `- ${id}: ${name}, ${language}, ${gender}`);
        const languages = [...new Set(all.map((voice) => voice.language))].toSorted().join(", ");
        const list = lines.join("\n") || `There are voices for these languages: ${languages}.`;
        const text = `${matching.length} voices match; ${voices.length} are shown.\n${list}`;
        return { data: { voices, total: matching.length }, content: [{ type: "text", text }] };
      },
    }),
    defineTool({
      name: "list_presets",
      title: "List looks of captions",
      description: 'Lists named looks of captions. Use one as {"options": {"subtitle_preset": "…"}} in create_video.',
      nature: { effect: "reads", idempotent: true },
      input: z.strictObject({}),
      output: z.object({ presets: z.array(z.object({ id: z.string(), name: z.string(), description: z.string() })) }),
      run: async () => {
        const presets = subtitlePresetIds.map((id) => {
          const { name, description } = subtitlePresets[id];
          return { id, name, description };
        });
        const lines = presets.map(({ id, name, description }) => `- ${id} (${name}): ${description}`);
        return { data: { presets }, content: [{ type: "text", text: lines.join("\n") }] };
      },
    }),
    defineTool({
      name: "list_materials",
      title: "List uploaded files",
      description: "Lists the files that were uploaded or added by link. Use their names in create_video.",
      nature: { effect: "reads", idempotent: true },
      input: z.strictObject({ collection }),
      output: z.object({ files: z.array(file) }),
      run: async ({ collection }, { caller }) => {
        const files = (await listFiles(caller.env, caller.owner, collection)).map(shown);
        const lines = files.map(({ name, size }) => `- ${name} (${size} bytes)`);
        const text = `${files.length} files in ${collection}.\n${lines.join("\n")}`;
        return { data: { files }, content: [{ type: "text", text }] };
      },
    }),
    defineTool({
      name: "add_material",
      title: "Keep a file from a link",
      description:
        "Fetches a file from an https link and keeps it for later videos. Not needed for a single video: create_video takes links. " +
        "A file of the same name is replaced.",
      nature: { effect: "adds", idempotent: true, openWorld: true },
      input: z.strictObject({
        url: z.string().max(2048).meta({ description: "https link to the file, or a share link of a cloud drive." }),
        collection,
        name: z.string().max(255).optional().meta({ description: 'The name to keep it under, e.g. "beach.mp4".' }),
      }),
      output: file,
      run: async ({ url, collection, name }, { caller, report, signal }) => {
        report({ progress: 0, message: "Fetching the file" });
        const upload = { owner: caller.owner, collection, url, name: name ?? null, signal };
        const data = shown(await uploadFromLink(caller.env, upload));
        const text = `Kept as "${data.name}" (${data.size} bytes) in ${collection}.`;
        return { data, content: [{ type: "text", text }] };
      },
    }),
  ];
}

const shown = ({ name, size }: File) => ({ name, size });
