/**
 * What the client is told that may poll: what the procedure returned, with what the service owns. OpenID Connect CIBA section 7.3.
 *
 * @param response JSON object text
 */
export function requestAnswer(
  response: string,
  owned: { readonly auth_req_id: string; readonly expires_in: number; readonly interval: number },
): string {
  return JSON.stringify({ ...(JSON.parse(response) as Record<string, unknown>), ...owned });
}
