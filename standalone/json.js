/**
 * Reads JSON as what it is before anybody has looked at it: unknown.
 * @param {string} text the JSON
 * @returns {unknown} what it says
 * @throws {SyntaxError} when it is no JSON
 */
export function parseJson(text) {
  return JSON.parse(text);
}
