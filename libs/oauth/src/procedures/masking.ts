/** This much of a secret's beginning is taken for it: messages are cut, and a cut secret may lack only its end. */
const RECOGNISABLE = 12;

/**
 * A text for logs and errors, without any of the secrets in it. Secrets too short to be recognised by their beginning are
 * looked for whole, where a caller asks for it.
 *
 * @param label what stands in their place
 * @param least the shortest secret that is looked for
 */
export function masked(text: string, secrets: readonly string[], label = '[token]', least = RECOGNISABLE): string {
  let result = text;
  for (const secret of secrets) if (secret.length >= least) result = maskOne(result, secret, label);
  return result;
}

function maskOne(whole: string, secret: string, label: string): string {
  // Where it is whole first: what stands before it may look like its beginning, and would leave its end.
  const text = whole.replaceAll(secret, () => label);
  const beginning = secret.slice(0, RECOGNISABLE);
  let result = '';
  let from = 0;
  for (let at = text.indexOf(beginning); at >= 0; at = text.indexOf(beginning, from)) {
    let length = beginning.length;
    while (length < secret.length && text.charCodeAt(at + length) === secret.charCodeAt(length)) length++;
    result += `${text.slice(from, at)}${label}`;
    from = at + length;
  }
  return result + text.slice(from);
}
