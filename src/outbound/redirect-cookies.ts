/**
 * The cookies that hosts set while they redirect (RFC 6265), for one fetch only. A cookie goes back only to the host that set
 * it. SharePoint sends the file of a share link only to clients that return its cookie.
 */
export class RedirectCookies {
  readonly #byHost = new Map<string, Map<string, string>>();

  /** Keeps the cookies of a response. */
  remember(url: URL, headers: Headers): void {
    const cookies = this.#byHost.get(url.host) ?? new Map<string, string>();
    for (const cookie of headers.getSetCookie()) {
      const [, name, value] = /^\s*([^=;\s]+)\s*=\s*([^;]*)/.exec(cookie) ?? [];
      if (name !== undefined && value !== undefined) cookies.set(name, value.trim());
    }
    this.#byHost.set(url.host, cookies);
  }

  /** The request headers that return the cookies of a URL's host. */
  headers(url: URL): Record<string, string> {
    const cookies = [...(this.#byHost.get(url.host) ?? [])].map(([name, value]) => `${name}=${value}`);
    return cookies.length > 0 ? { cookie: cookies.join("; ") } : {};
  }
}
