/**
 * Changes a URL of the API to a path at this page's origin, which serves every file. The API's URLs may have the origin of
 * PUBLIC_URL.
 *
 * @param {string} address
 */
export function local(address) {
  const { pathname, search } = new URL(address, "http://localhost");
  return pathname + search;
}
