import { bindings } from "./bindings.ts";

const { DB } = bindings;

/** The test D1, and the number of rows that its statements have read so far, as D1 reports it. */
export function counted(): { database: D1Database; rowsRead: () => number } {
  let total = 0;
  const note = <T extends D1Result>(result: T): T => {
    total += result.meta.rows_read;
    return result;
  };
  const real = new WeakMap<object, D1PreparedStatement>();
  const statement = (target: D1PreparedStatement): D1PreparedStatement => {
    const proxy = {
      bind: (...values: unknown[]) => statement(target.bind(...values)),
      all: async () => note(await target.all()),
      run: async () => note(await target.run()),
      // raw() returns no meta, so all() runs the statement first for the count.
      raw: async () => {
        note(await target.all());
        return target.raw();
      },
    } as unknown as D1PreparedStatement;
    real.set(proxy, target);
    return proxy;
  };
  const wrap = (target: D1Database | D1DatabaseSession) => ({
    prepare: (sql: string) => statement(target.prepare(sql)),
    batch: async (statements: D1PreparedStatement[]) => {
      const results = await target.batch(statements.map((one) => real.get(one) ?? one));
      return results.map(note);
    },
  });
  const database = {
    ...wrap(DB),
    withSession: (bookmark: string) => {
      const session = DB.withSession(bookmark);
      return { ...wrap(session), getBookmark: () => session.getBookmark() };
    },
  } as unknown as D1Database;
  return { database, rowsRead: () => total };
}
