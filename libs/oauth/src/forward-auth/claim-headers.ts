/** Beyond this a value is left out: many servers refuse long headers, and would refuse the request. Characters. */
const MOST_CHARACTERS = 2048;

/**
 * Claims as headers, names and values in turn. Each configured header is always there, empty where the claim is not: gateways then
 * overwrite what the client may have sent under the name.
 *
 * @param headers name of the claim by name of the header
 */
export function claimHeaders(headers: Readonly<Record<string, string>>, claims: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, claim]) => [name, headerText(Object.hasOwn(claims, claim) ? claims[claim] : null)]);
}

/** Texts as they are, lists of texts with spaces between, anything else as JSON. What is not printable ASCII is percent-encoded. */
function headerText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const isList = Array.isArray(value) && value.every((one) => typeof one === 'string' && !one.includes(' '));
  const text = (typeof value === 'string' ? value : isList ? value.join(' ') : JSON.stringify(value)).toWellFormed();
  const encoded = text.replace(/[^\x20-\x24\x26-\x7e]+/gu, encodeURIComponent).trim();
  return encoded.length > MOST_CHARACTERS ? '' : encoded;
}
