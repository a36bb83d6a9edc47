import type { INodeProperties } from "n8n-workflow";

const onVideo = (...operation: string[]) => ({ show: { resource: ["video"], operation } });
const onFile = (...operation: string[]) => ({ show: { resource: ["file"], operation } });

const resource: INodeProperties = {
  displayName: "Resource",
  name: "resource",
  type: "options",
  noDataExpression: true,
  options: [
    { name: "File", value: "file" },
    { name: "Video", value: "video" },
  ],
  default: "video",
};

const operations: INodeProperties[] = [
  {
    displayName: "Operation",
    name: "operation",
    type: "options",
    noDataExpression: true,
    displayOptions: { show: { resource: ["video"] } },
    options: [
      {
        name: "Cancel",
        value: "cancel",
        action: "Cancel a video",
        description: "Stop the task and keep what is finished",
      },
      {
        name: "Create",
        value: "create",
        action: "Create a video",
        description: "Create a video, and wait until it is ready",
      },
      { name: "Delete", value: "delete", action: "Delete a video", description: "Delete the task and its files" },
      {
        name: "Download",
        value: "download",
        action: "Download a video",
        description: "Download a file of a task as binary data",
      },
      { name: "Get", value: "get", action: "Get a video", description: "Get the task of a video" },
      { name: "Get Many", value: "getAll", action: "Get many videos", description: "List the tasks of videos" },
      {
        name: "Retry",
        value: "retry",
        action: "Retry a video",
        description: "Resume a failed or cancelled task where it stopped",
      },
      {
        name: "Wait",
        value: "wait",
        action: "Wait for a video",
        description: "Wait until a task has succeeded",
      },
    ],
    default: "create",
  },
  {
    displayName: "Operation",
    name: "operation",
    type: "options",
    noDataExpression: true,
    displayOptions: { show: { resource: ["file"] } },
    options: [
      { name: "Get Many", value: "getAll", action: "Get many files", description: "List uploaded files" },
      { name: "Upload", value: "upload", action: "Upload a file", description: "Upload a file from binary data" },
    ],
    default: "upload",
  },
];

const createFields: INodeProperties[] = [
  {
    displayName: "Subject",
    name: "subject",
    type: "string",
    default: "",
    placeholder: "Why cats purr",
    description: "What the video is about. A language model writes the script from it if the script is empty.",
    displayOptions: onVideo("create"),
  },
  {
    displayName: "Script",
    name: "script",
    type: "string",
    typeOptions: { rows: 4 },
    default: "",
    description: "The text that is spoken and shown as subtitles",
    displayOptions: onVideo("create"),
  },
  {
    displayName: "Clips",
    name: "clips",
    type: "string",
    typeOptions: { multipleValues: true, multipleValueButtonText: "Add Clip" },
    default: [],
    placeholder: "https://example.com/beach.mp4",
    description: "Clips and images: https URLs, or names of uploaded files. Without any, footage is searched.",
    displayOptions: onVideo("create"),
  },
  {
    displayName: "Wait Until Ready",
    name: "wait",
    type: "boolean",
    default: true,
    description: "Whether to wait until the video is ready. Otherwise the node returns the task's ID at once.",
    displayOptions: onVideo("create"),
  },
  {
    displayName: "Additional Fields",
    name: "additionalFields",
    type: "collection",
    placeholder: "Add Field",
    default: {},
    displayOptions: onVideo("create"),
    options: [
      {
        displayName: "Aspect Ratio",
        name: "video_aspect",
        type: "options",
        options: ["1:1", "16:9", "3:4", "9:16"].map((value) => ({ name: value, value })),
        default: "9:16",
      },
      {
        displayName: "Callback URL",
        name: "callback_url",
        type: "string",
        default: "",
        description: "Where the service sends webhooks, such as the URL of an Edgereel Trigger node",
      },
      {
        displayName: "Max Clip Duration",
        name: "video_clip_duration",
        type: "number",
        default: 5,
        description: "Max seconds to show a clip at once",
      },
      {
        displayName: "Music",
        name: "bgm_file",
        type: "string",
        default: "",
        description: "Background music: an https URL, or the name of an uploaded file",
      },
      {
        displayName: "Narration",
        name: "custom_audio_file",
        type: "string",
        default: "",
        description: "Speech to use instead of a voice: an https URL, or the name of an uploaded file",
      },
      {
        displayName: "Other Fields",
        name: "other",
        type: "json",
        default: "{}",
        description: "Any other fields of the request for videos, as a JSON object",
      },
      {
        displayName: "Voice",
        name: "voice_name",
        type: "string",
        default: "",
        placeholder: "embedded:slt",
        description: "The voice that speaks the script",
      },
    ],
  },
];

const taskFields: INodeProperties[] = [
  {
    displayName: "Task ID",
    name: "taskId",
    type: "string",
    required: true,
    default: "={{ $json.task_id }}",
    displayOptions: onVideo("cancel", "delete", "download", "get", "retry", "wait"),
  },
  {
    displayName: "File",
    name: "file",
    type: "string",
    required: true,
    default: "final-1.mp4",
    description: "The file of the task, such as final-1.mp4, combined-1.mp4, final-1.srt or final-1.jpg",
    displayOptions: onVideo("download"),
  },
  {
    displayName: "Put Output File in Field",
    name: "binaryProperty",
    type: "string",
    required: true,
    default: "data",
    hint: "The name of the output binary field to put the file in",
    displayOptions: onVideo("download"),
  },
];

const listFields: INodeProperties[] = [
  {
    displayName: "Return All",
    name: "returnAll",
    type: "boolean",
    default: false,
    description: "Whether to return all results or only up to a given limit",
    displayOptions: onVideo("getAll"),
  },
  {
    displayName: "Limit",
    name: "limit",
    type: "number",
    typeOptions: { minValue: 1 },
    default: 50,
    description: "Max number of results to return",
    displayOptions: { show: { resource: ["video"], operation: ["getAll"], returnAll: [false] } },
  },
  {
    displayName: "State",
    name: "state",
    type: "options",
    options: [
      { name: "All", value: "" },
      { name: "Failed or Cancelled", value: "-1" },
      { name: "Processing", value: "4" },
      { name: "Succeeded", value: "1" },
    ],
    default: "",
    displayOptions: onVideo("getAll"),
  },
];

const fileFields: INodeProperties[] = [
  {
    displayName: "Collection",
    name: "collection",
    type: "options",
    options: [
      { name: "Clips and Images", value: "video_materials" },
      { name: "Fonts", value: "fonts" },
      { name: "Music", value: "musics" },
      { name: "Narrations", value: "narrations" },
      { name: "Subtitle Files", value: "subtitles" },
    ],
    default: "video_materials",
    description: "What kind of files these are",
    displayOptions: onFile("upload", "getAll"),
  },
  {
    displayName: "Input Binary Field",
    name: "binaryProperty",
    type: "string",
    required: true,
    default: "data",
    hint: "The name of the input binary field containing the file to be uploaded",
    displayOptions: onFile("upload"),
  },
  {
    displayName: "File Name",
    name: "fileName",
    type: "string",
    default: "",
    description: "The file's name in the service. Default: the name of the binary data.",
    displayOptions: onFile("upload"),
  },
];

/** The parameters of the Edgereel node. */
export const properties: INodeProperties[] = [
  resource,
  ...operations,
  ...createFields,
  ...taskFields,
  ...listFields,
  ...fileFields,
];
