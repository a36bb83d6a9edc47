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
      return ["sh", "scl", "t", "home", "transfer", "request", "login"].includes(kind ?? "") ? page : file(url);
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

const gitHub: SharingService = {
  name: "GitHub",
  host: /^github\.com$/,
  target(url) {
    const direct = new URL(url);
    direct.pathname = url.pathname.replace(/^(\/[^/]+\/[^/]+)\/blob\//, "$1/raw/");
    return file(direct);
  },
  advice: "send the address of the button Raw",
};

/** Services that have no links to files. */
const withoutFileLinks: SharingService = {
  name: "This service",
  host: /^(we\.tl|(www\.)?wetransfer\.com|photos\.app\.goo\.gl|photos\.google\.com|(www|share)\.icloud\.com)$/,
  target: () => page,
  advice: "it has no links to files: download the file and upload it",
};

const services = [googleDrive, dropbox, oneDrive, box, gitHub, withoutFileLinks];

const anyHost =
  "open the link in a private browser window: it must start a download. If it shows a page, send the address of the " +
  "download instead, or upload the file";

/**
 * Finds where a link leads to. A share link of Google Drive, Dropbox, OneDrive, SharePoint or GitHub becomes the link to
 * its file. Links of other hosts lead to a file, as far as anybody knows before the fetch.
 */
export function linkTarget(url: URL): LinkTarget {
  return serviceOf(url)?.target(url) ?? file(url);
}

/**
 * How to get a link to a file of a service whose share links open a web page. A part of a sentence.
 *
 * @param urls the URLs of one fetch. The first one of a known service decides.
 * @returns null if none of them is of such a service.
 */
export function shareAdvice(...urls: URL[]): string | null {
  const service = urls.map(serviceOf).find((each) => each !== undefined);
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
