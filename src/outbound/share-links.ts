/** What a URL of a service that shares files leads to: the file itself, or a web page. */
export type LinkTarget = { kind: "file"; url: URL } | { kind: "page" };

/** A service whose share links open a web page. */
interface SharingService {
  name: string;
  host: RegExp;
  /** Where a URL of this service leads to. */
  target(url: URL): LinkTarget;
  /** How to get a link to the file itself, for messages. */
  advice: string;
}

const page: LinkTarget = { kind: "page" };
const file = (url: URL): LinkTarget => ({ kind: "file", url });

const googleDrive: SharingService = {
  name: "Google Drive",
  host: /^(drive|docs|drive\.usercontent)\.google\.com$/,
  target(url) {
    const inPath = /\/file\/(?:u\/\d+\/)?d\/([\w-]+)/.exec(url.pathname)?.[1];
    const inQuery = /\/(?:open|uc|download)$/.test(url.pathname) ? url.searchParams.get("id") : null;
    const id = inPath ?? inQuery;
    if (!id)
      return /\/(?:folders|folderview|document|spreadsheets|presentation|forms)\b/.test(url.pathname)
        ? page
        : file(url);
    // `confirm` leaves out the page that warns that the file is too large for a virus scan.
    const direct = new URL("https://drive.usercontent.google.com/download?export=download&confirm=t");
    direct.searchParams.set("id", id);
    const key = url.searchParams.get("resourcekey");
    if (key) direct.searchParams.set("resourcekey", key);
    return file(direct);
  },
  advice:
    'share the file itself, not a folder or a document, with "Anyone with the link", and send its link ' +
    "(https://drive.google.com/file/d/…/view)",
};

const dropbox: SharingService = {
  name: "Dropbox",
  host: /^(www\.)?dropbox\.com$/,
  target(url) {
    const [kind, kindOfScl, ...rest] = url.pathname.split("/").filter(Boolean);
    const isFile =
      kind === "s" || (kind === "sh" && rest.length > 1) || (kind === "scl" && (kindOfScl === "fi" || rest.length > 2));
    if (!isFile)
      return ["sh", "scl", "t", "home", "preview", "transfer", "request", "login"].includes(kind ?? "")
        ? page
        : file(url);
    if (url.searchParams.get("raw") === "1") return file(url);
    return file(withParameter(url, "dl", "1"));
  },
  advice: "copy the link of a single file, not of a folder or a transfer",
};

const oneDrive: SharingService = {
  name: "OneDrive",
  host: /^(1drv\.ms|onedrive\.live\.com|[\w-]+\.sharepoint\.com|my\.microsoftpersonalcontent\.com)$/,
  target(url) {
    const { pathname, searchParams } = url;
    if (/^\/:f:\/|^\/f\/|\/_layouts\/15\/(?:onedrive|stream)\.aspx/i.test(pathname)) return page;
    const id = searchParams.get("resid") ?? searchParams.get("id");
    if (url.hostname === "onedrive.live.com" && id?.includes("!") && !pathname.startsWith("/:")) {
      const direct = new URL("https://onedrive.live.com/download");
      direct.searchParams.set("resid", id);
      for (const name of ["authkey", "cid", "e"]) {
        const value = searchParams.get(name);
        if (value) direct.searchParams.set(name, value);
      }
      return file(direct);
    }
    const isShareLink = url.hostname === "1drv.ms" || /^\/:[a-z]:\//i.test(pathname);
    return file(isShareLink ? withParameter(url, "download", "1") : url);
  },
  advice:
    'share a single file, not a folder, with "Anyone with the link". If its link still opens a page, download the file ' +
    "and upload it",
};

const box: SharingService = {
  name: "Box",
  host: /(^|\.)box\.com$/,
  target: (url) => (/^\/(?:s|v|file|folder)\//.test(url.pathname) ? page : file(url)),
  advice: "copy the direct link (https://app.box.com/shared/static/…) from the link settings of the file",
};

/** A service for source code: in the paths of its pages, one part is another one in the links to files. */
const codeService = (name: string, host: RegExp, inPages: RegExp, inFiles: string, button: string): SharingService => ({
  name,
  host,
  target(url) {
    const direct = new URL(url);
    direct.pathname = url.pathname.replace(inPages, inFiles);
    return file(direct);
  },
  advice: `send the address of the button ${button}`,
});

const codeServices = [
  codeService("GitHub", /^github\.com$/, /^(\/[^/]+\/[^/]+)\/blob\//, "$1/raw/", "Raw"),
  codeService("GitLab", /^gitlab\.com$/, /\/-\/blob\//, "/-/raw/", "Open raw"),
  codeService("Codeberg", /^codeberg\.org$/, /^(\/[^/]+\/[^/]+)\/src\//, "$1/raw/", "Raw"),
  codeService("Bitbucket", /^bitbucket\.org$/, /^(\/[^/]+\/[^/]+)\/src\//, "$1/raw/", "Open raw"),
  codeService("Hugging Face", /^huggingface\.co$/, /\/blob\//, "/resolve/", "download"),
];

const wikimedia: SharingService = {
  name: "Wikimedia",
  host: /^(commons\.wikimedia|[a-z-]+\.wikipedia)\.org$/,
  target(url) {
    const name = /^\/wiki\/(?:File|Image):(.+)$/i.exec(url.pathname)?.[1];
    if (!name) return url.pathname.startsWith("/wiki/Special:") ? file(url) : page;
    return file(new URL(`/wiki/Special:Redirect/file/${name}`, url));
  },
  advice: "send the address of the page of a single file (https://commons.wikimedia.org/wiki/File:…)",
};

const internetArchive: SharingService = {
  name: "the Internet Archive",
  host: /^(www\.)?archive\.org$/,
  target: (url) => (/^\/(?:details|search|embed)\b/.test(url.pathname) ? page : file(url)),
  advice: "send the address of a file in the list of downloads (https://archive.org/download/…)",
};

/** Services that have no links to files. */
const withoutFileLinks: SharingService = {
  name: "This service",
  host: /^(we\.tl|(www\.)?wetransfer\.com|photos\.app\.goo\.gl|photos\.google\.com|(www|share)\.icloud\.com|mega\.(nz|io)|((www|m|music)\.)?youtube\.com|youtu\.be|(www\.|player\.)?vimeo\.com|((www|vm|m)\.)?tiktok\.com|(www\.)?instagram\.com|((www|m)\.)?facebook\.com|fb\.watch|(www\.)?(x|twitter)\.com|(www\.|m\.)?bilibili\.com|b23\.tv|(www\.)?dailymotion\.com|open\.spotify\.com|(www\.)?soundcloud\.com|(www\.)?mediafire\.com)$/,
  target: () => page,
  advice: "it has no links to files: download the file, if you may use it, and upload it",
};

const services = [
  ...[googleDrive, dropbox, oneDrive, box, ...codeServices, wikimedia, internetArchive],
  withoutFileLinks,
];

/** Pages that show or lead to the link in one of their parameters: host, path, and the parameter's names. */
const WRAPPERS: readonly (readonly [host: RegExp, path: RegExp, parameters: readonly string[]])[] = [
  [/^docs\.google\.com$/, /^\/(?:g?viewer?|gview)\b/, ["url"]],
  [/^(www\.)?google\.[a-z.]+$/, /^\/url$/, ["q", "url"]],
  [/^view\.officeapps\.live\.com$/, /^\/op\//, ["src"]],
  [/\.safelinks\.protection\.outlook\.com$/, /^\//, ["url"]],
  [/^lm?\.(facebook|instagram)\.com$/, /^\//, ["u"]],
  [/^out\.reddit\.com$/, /^\//, ["url"]],
  [/^(www\.)?(youtube|linkedin)\.com$/, /^\/(?:redirect|safety\/go)$/, ["q", "url"]],
];
/** Max links inside each other. */
const MAX_WRAPPERS = 4;

/** The link that a viewer or a redirect page contains; the same URL if it is none. */
function unwrapped(url: URL): URL {
  let current = url;
  for (let depth = 0; depth < MAX_WRAPPERS; depth++) {
    const wrapper = WRAPPERS.find(([host, path]) => host.test(current.hostname) && path.test(current.pathname));
    const inner = wrapper?.[2].map((name) => current.searchParams.get(name)).find((value) => value !== null);
    if (inner === undefined || inner === null || !/^https?:/i.test(inner) || !URL.canParse(inner)) break;
    current = new URL(inner);
  }
  return current;
}

const anyHost =
  "open the link in a private browser window: it must start a download. If it shows a page, send the address of the " +
  "download instead, or upload the file";

/**
 * Finds where a link leads to. A share link of Google Drive, Dropbox, OneDrive, SharePoint and others becomes the link to
 * its file, and a link inside the link of a viewer or a redirect page is taken out of it. Links of other hosts lead to a file, as far as anybody knows before the fetch.
 */
export function linkTarget(url: URL): LinkTarget {
  const inner = unwrapped(url);
  return serviceOf(inner)?.target(inner) ?? file(inner);
}

/**
 * How to get a link to a file of a service whose share links open a web page. A part of a sentence.
 *
 * @param urls the URLs of one fetch. The first one of a known service decides.
 * @returns null if none of them is of such a service.
 */
export function shareAdvice(...urls: URL[]): string | null {
  const service = urls.map((url) => serviceOf(unwrapped(url))).find((each) => each !== undefined);
  if (!service) return null;
  return service === withoutFileLinks ? service.advice : `in ${service.name}, ${service.advice}`;
}

/** The same as {@link shareAdvice}, with advice for any other host. */
export function adviceFor(...urls: URL[]): string {
  return shareAdvice(...urls) ?? anyHost;
}

/** Whether a URL is a page to sign in. A file that is not shared with everyone leads there. */
export function isSignIn(url: URL): boolean {
  return (
    /^(accounts\.google\.com|login\.live\.com|login\.microsoftonline\.com)$/.test(url.hostname) ||
    /\/(?:login|signin|sign-in)\b/i.test(url.pathname)
  );
}

function serviceOf(url: URL): SharingService | undefined {
  return services.find(({ host }) => host.test(url.hostname));
}

function withParameter(url: URL, name: string, value: string): URL {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed;
}
