import type { FastifyRequest } from 'fastify';
import { Problem } from './problem.ts';

const SAFE = new Set(['GET', 'HEAD']);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a method changes nothing. RFC 9110 section 9.2.1. */
export function isSafe({ method }: FastifyRequest): boolean {
  return SAFE.has(method);
}

/**
 * Refuses what a browser says that a page of somebody else has made: another site, a subdomain, another port of this host, a frame without an
 * origin. Browsers tell it by `Sec-Fetch-Site` (Fetch Metadata, section 2.4), older ones by `Origin` (RFC 6454 section 7); who sends
 * neither is no browser.
 *
 * @param pages where the pages are, such as `https://admin.example.com`; null for the host that the request names
 * @throws Problem `foreign-origin`
 */
export function refuseForeign(request: FastifyRequest, pages: string | null): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  const isOwn =
    site !== undefined
      ? site === 'same-origin' || (site === 'none' && isSafe(request))
      : origin === undefined || isOwnOrigin(origin, pages, request.headers.host);
  if (isOwn) return;
  throw new Problem(
    'foreign-origin',
    'The browser says that a page of another origin has made this request. Send it from the pages of the admin API.',
  );
}

/** The cookie is for secure origins alone, so the pages have one: TLS, or this machine. */
function isOwnOrigin(origin: string, pages: string | null, host: string | undefined): boolean {
  if (pages !== null) return origin === pages;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.host === host?.toLowerCase() && (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname)));
}
