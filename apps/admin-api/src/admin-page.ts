import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** The route of what the page is made of. */
export const ASSETS = '/assets/*';

/** In the built `index.html`, where the nonce of each answer goes. `apps/admin-ui/vite.config.ts` has it from Vite put there. */
const NONCE_PLACEHOLDER = '__CSP_NONCE__';

/** Where the page has no addresses of its own: what is unknown there is unknown to everybody. */
const NOT_OF_THE_PAGE = /^\/(?:admin|health|metrics|openapi\.json|assets|\.well-known)(?:[/?#]|$)/;

const NOT_BUILT =
  "The administrator's page is not built. In the checkout run `npm start`, or `node scripts/setup.mjs --build`. The admin API works without it: see /openapi.json.\n";

/** What holds in a worker is said where its script is: modules of ours, and nothing else. CSP Level 3, HTML section 10.2. */
const FOR_WORKERS = {
  'content-security-policy': "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
  'cross-origin-embedder-policy': 'require-corp',
};

/** The names of files under assets have digests of what is in them. */
const ONE_YEAR = 31_536_000;

/**
 * The administrator's page: its document at `/` and at every address that is nobody else's and that a browser opens
 * (`Accept: text/html`), and its assets. Whoever signs in there uses the same API.
 *
 * @param folder what Vite has built; it may be missing
 */
export function servePage(fastify: FastifyInstance, folder: string): void {
  void fastify.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: ASSETS.slice(0, -1),
    decorateReply: false,
    suppressWarning: true,
    index: false,
    redirect: false,
    dotfiles: 'ignore',
    preCompressed: true,
    cacheControl: false,
    setHeaders: (reply) => void reply.headers({ 'cache-control': `public, max-age=${ONE_YEAR}, immutable`, ...FOR_WORKERS }),
  });
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.is404 && isForPage(request)) return sendDocument(reply, join(folder, 'index.html'));
    return undefined;
  });
}

function isForPage({ method, url, headers: { accept = '*/*' } }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  if (/^\/(?:$|\?)/.test(url)) return accept.includes('text/html') || accept.includes('*/*');
  return accept.includes('text/html') && !NOT_OF_THE_PAGE.test(url);
}

async function sendDocument(reply: FastifyReply, file: string): Promise<FastifyReply> {
  reply.header('vary', 'accept');
  const document = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
  if (document === null) return reply.code(503).type('text/plain; charset=utf-8').send(NOT_BUILT);
  const nonce = randomBytes(18).toString('base64url');
  return reply
    .code(200)
    .headers({
      'content-security-policy': contentSecurityPolicy(nonce),
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'permissions-policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
      'x-frame-options': 'DENY',
    })
    .type('text/html; charset=utf-8')
    .send(document.replaceAll(NONCE_PLACEHOLDER, nonce));
}

/** Nothing but what is served here, and no style but those files and what a script adds by the nonce. CSP Level 3. */
function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "worker-src 'self'",
    // Previews of pages for people, which have a policy of their own.
    "frame-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}
