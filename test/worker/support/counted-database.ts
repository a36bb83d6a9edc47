import { bindings } from "./bindings.ts";

const { DB } = bindings;

/** D1 that keeps the rows each of its statements read, by D1's own count. */
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
      // D1's raw() answers without meta: the same statement is counted by all(), and answered as rows of values.
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
