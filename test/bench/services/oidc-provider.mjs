/**
 * The peer: oidc-provider as it comes, with what this comparison needs switched on and nothing customised.
 *
 * - Introspection with RFC 9701 answers signed by ES256, and client credentials, whose tokens are opaque by default.
 * - A plain `Map` for an adapter: the one it ships keeps about a thousand entries, fewer than the tokens of a run.
 * - Tokens that outlive the run.
 *
 * Started with the port and, in `BENCH_CLIENTS`, the two clients as JSON.
 */
import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2]);
const { issuing, introspecting } = JSON.parse(process.env.BENCH_CLIENTS);

/** Everything in memory, nothing ever evicted. */
class MapAdapter {
  static #stored = new Map();

  constructor(model) {
    this.model = model;
  }

  async find(id) {
    return MapAdapter.#stored.get(`${this.model}:${id}`);
  }

  async upsert(id, payload) {
    MapAdapter.#stored.set(`${this.model}:${id}`, payload);
  }

  async destroy(id) {
    MapAdapter.#stored.delete(`${this.model}:${id}`);
  }
}

const clientOf = ({ id, secret }, more) => ({
  client_id: id,
  client_secret: secret,
  token_endpoint_auth_method: 'client_secret_basic',
  id_token_signed_response_alg: 'ES256',
  introspection_signed_response_alg: 'ES256',
  redirect_uris: [],
  response_types: [],
  ...more,
});

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  adapter: MapAdapter,
  clients: [clientOf(issuing, { grant_types: ['client_credentials'], scope: 'read' }), clientOf(introspecting, { grant_types: [] })],
  scopes: ['read'],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig' }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    jwtIntrospection: { enabled: true },
  },
  ttl: { ClientCredentials: 86_400 },
});

provider.listen(port, '127.0.0.1');
process.on('SIGTERM', () => process.exit());
