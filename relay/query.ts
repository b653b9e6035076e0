import type { Filter } from './filters.ts';

/** SQL text and the values it is run with. */
export interface Query {
  sql: string;
  values: (string | number)[];
}

/**
 * The form in which a tag's value is kept in the index: escaped as in JSON, so that NUL characters and lone
 * surrogates, which SQLite's text would swallow, stay distinct.
 */
export function indexForm(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/**
 * Turns a filter into a query for ids, times and sizes in bytes, newest first and then by id, expired events left out.
 * Values never become part of the SQL text, and lists travel as one JSON value each, so there are few distinct texts.
 * @param filter what is asked
 * @param limit how many rows at most
 * @param now unix seconds
 */
export function selectEvents(filter: Filter, limit: number, now: number): Query {
  const where: string[] = [];
  const values: (string | number)[] = [];
  const add = (condition: string, ...bound: (string | number)[]): void => {
    where.push(condition);
    values.push(...bound);
  };
  const oneOf = (column: string, list: (string | number)[]): void => {
    if (list.length === 1 && list[0] !== undefined) add(`${column} = ?`, list[0]);
    else add(`${column} IN (SELECT value FROM json_each(?))`, JSON.stringify(list));
  };

  const tags = [...filter.tags].map(([letter, list]) => ({ letter, list: list.map(indexForm) }));
  // A tag with a single value is walked newest first in its index, and stops at the limit.
  const walked = filter.ids ? undefined : tags.find(({ list }) => list.length === 1);
  const time = walked ? 't.created_at' : 'e.created_at';

  if (walked) add('t.name = ? AND t.value = ?', walked.letter, walked.list[0] ?? '');
  for (const { letter, list } of tags.filter((tag) => tag !== walked)) {
    add(
      'e.seq IN (SELECT seq FROM tags WHERE name = ? AND value IN (SELECT value FROM json_each(?)))',
      letter,
      JSON.stringify(list),
    );
  }
  if (filter.ids) oneOf('e.id', filter.ids);
  if (filter.authors) oneOf('e.pubkey', filter.authors);
  if (filter.kinds) oneOf('e.kind', filter.kinds);
  if (filter.since !== undefined) add(`${time} >= ?`, filter.since);
  if (filter.until !== undefined) add(`${time} <= ?`, filter.until);
  add('(e.expires IS NULL OR e.expires > ?)', now);

  const from = walked ? 'tags t CROSS JOIN events e ON e.seq = t.seq' : 'events e';
  const sql = `SELECT e.id, e.created_at, octet_length(e.json) FROM ${from} WHERE ${where.join(' AND ')} ORDER BY ${time} DESC, e.id LIMIT ?`;
  return { sql, values: [...values, limit] };
}
