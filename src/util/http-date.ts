const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const TIME = String.raw`(?<hour>\d\d):(?<minute>\d\d):(?<second>\d\d)`;
const MONTH = `(?<month>${MONTHS.join("|")})`;

/** The three forms of RFC 9110 §5.6.7: the current one, and the obsolete ones of RFC 850 and asctime. */
const FORMS = [
  new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (?<day>\d\d) ${MONTH} (?<year>\d{4}) ${TIME} GMT$`),
  new RegExp(
    String.raw`^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (?<day>\d\d)-${MONTH}-(?<shortYear>\d\d) ${TIME} GMT$`,
  ),
  new RegExp(String.raw`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (?<day>[ \d]\d) ${TIME} (?<year>\d{4})$`),
];

/**
 * Parses an HTTP-date (RFC 9110 §5.6.7).
 *
 * @param now Unix milliseconds. Decides the century of a year with two digits: it is at most 50 years in the future.
 * @returns Unix milliseconds, or null if the value is not an HTTP-date. A header with such a value must be ignored.
 */
export function parseHttpDate(value: string | null | undefined, now: number): number | null {
  const fields = FORMS.map((form) => form.exec(value?.trim() ?? "")?.groups).find((groups) => groups !== undefined);
  if (!fields) return null;
  const { day, month = "", hour, minute, second } = fields;
  const year = fields.year === undefined ? longYear(Number(fields.shortYear), now) : Number(fields.year);
  const at = [year, MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second)] as const;
  const time = Date.UTC(...at);
  const read = new Date(time);
  // Date.UTC() turns a date that does not exist into one of the next month. A leap second does so too, but is valid.
  const exists = read.getUTCMonth() === at[1] || (at[5] === 60 && new Date(time - 1000).getUTCMonth() === at[1]);
  return exists && at[3] < 24 && at[4] < 60 && at[5] <= 60 ? time : null;
}

function longYear(short: number, now: number): number {
  const current = new Date(now).getUTCFullYear();
  const year = current - (current % 100) + short;
  return year > current + 50 ? year - 100 : year;
}
