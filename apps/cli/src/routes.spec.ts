import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TestAdminApi, type Json } from '../../admin-api/src/testing/test-admin-api.ts';
import { CommandLine } from './testing/command-line.ts';

let line: CommandLine;

beforeEach(async () => {
  line = await CommandLine.open();
});
afterEach(() => line.close());

/** Routes for which there is no command, and why. */
const LEFT: Readonly<Record<string, string>> = {
  'DELETE /admin/v1/session': 'sessions are for browsers; commands have a token',
  'GET /admin/v1/session': 'sessions are for browsers; commands have a token',
  'GET /admin/v1/session/openid': 'sessions are for browsers; commands have a token',
  'GET /admin/v1/session/openid/callback': 'sessions are for browsers; commands have a token',
  'POST /admin/v1/session': 'sessions are for browsers; commands have a token',
  'GET /admin/v1/executions/{execution}': '"procedure tail" shows all there is of each',
  'GET /admin/v1/flows/{flow}/declarations': 'for editors in browsers; "procedure new" makes the types for those on desks',
  'GET /admin/v1/libraries/{library}/versions/{version}': '"library show" shows them all',
  'GET /admin/v1/profiles/{profile}/endpoints/{endpoint}/bindings/{flow}': '"binding list --endpoint" shows them all',
  'POST /admin/v1/procedures/{procedure}/samples/{name}/run': 'for editors; "procedure sample run" runs versions, "procedure test" files',
  'GET /admin/v1/profiles/{profile}/endpoints/{endpoint}/preview': '"pages preview" makes them without a service',
  'POST /admin/v1/profiles/{profile}/user-pages/preview': '"pages preview" makes them without a service',
  'GET /health/live': 'for load balancers',
  'GET /health/ready': 'for load balancers; "status" says it, too',
  'GET /metrics': 'for what collects metrics',
  'GET /openapi.json': 'for what makes clients of it',
};

/** A command line that reaches each of the others. FILE is a file with a mapping. */
const REACHED: Readonly<Record<string, string>> = {
  'DELETE /admin/v1/administrators/{administrator}': 'admin delete a',
  'DELETE /admin/v1/administrators/{administrator}/sessions': 'admin end-sessions a',
  'DELETE /admin/v1/administrators/{administrator}/sessions/{session}': 'admin end-sessions a --session s',
  'DELETE /admin/v1/libraries/{library}': 'library delete l',
  'DELETE /admin/v1/procedures/{procedure}': 'procedure delete x',
  'DELETE /admin/v1/procedures/{procedure}/samples/{name}': 'procedure sample delete x n',
  'DELETE /admin/v1/profiles/{profile}': 'profile delete p',
  'DELETE /admin/v1/profiles/{profile}/accounts/{account}': 'account delete alice',
  'DELETE /admin/v1/profiles/{profile}/accounts/{account}/links': 'account unlink alice --provider company',
  'DELETE /admin/v1/profiles/{profile}/accounts/{account}/sessions': 'account sign-out alice',
  'DELETE /admin/v1/profiles/{profile}/buckets/{bucket}': 'bucket delete b',
  'DELETE /admin/v1/profiles/{profile}/buckets/{bucket}/entries': 'bucket clear b alice',
  'DELETE /admin/v1/profiles/{profile}/clients/{client}': 'client delete c',
  'DELETE /admin/v1/profiles/{profile}/clients/{client}/secrets/{secret}': 'client delete-secret c s',
  'DELETE /admin/v1/profiles/{profile}/delegations/{delegation}': 'delegation revoke d',
  'DELETE /admin/v1/profiles/{profile}/dynamic-clients/{client}': 'registration delete c',
  'DELETE /admin/v1/profiles/{profile}/endpoints/{endpoint}': 'endpoint delete e',
  'DELETE /admin/v1/profiles/{profile}/endpoints/{endpoint}/bindings/{flow}': 'binding delete oauth-introspect --endpoint e',
  'DELETE /admin/v1/profiles/{profile}/http-clients/{client}': 'http-client delete h',
  'DELETE /admin/v1/profiles/{profile}/initial-access-tokens/{token}': 'registration token-delete t',
  'DELETE /admin/v1/profiles/{profile}/secrets/{secret}': 'secret delete s',
  'DELETE /admin/v1/profiles/{profile}/token-issuers/{issuer}': 'token-issuer delete i',
  'DELETE /admin/v1/profiles/{profile}/tokens/{token}': `token revoke ${'a'.repeat(26)}`,
  'GET /admin/v1/administrators': 'admin list',
  'GET /admin/v1/administrators/{administrator}/sessions': 'admin sessions a',
  'GET /admin/v1/audit': 'audit list',
  'GET /admin/v1/configuration': 'export',
  'GET /admin/v1/executions': 'procedure tail --no-follow',
  'GET /admin/v1/executions/stream': 'procedure tail',
  'GET /admin/v1/flows': 'flow list',
  'GET /admin/v1/flows/{flow}': 'flow show f',
  'GET /admin/v1/libraries': 'library list',
  'GET /admin/v1/libraries/{library}': 'library show l',
  'GET /admin/v1/libraries/{library}/diff': 'library diff l',
  'GET /admin/v1/libraries/{library}/versions': 'library show l',
  'GET /admin/v1/libraries/{library}/versions/{version}/source': 'library show l --source',
  'GET /admin/v1/overview': 'status',
  'GET /admin/v1/procedures': 'procedure list',
  'GET /admin/v1/procedures/{procedure}': 'procedure show x',
  'GET /admin/v1/procedures/{procedure}/bindings': 'procedure show x',
  'GET /admin/v1/procedures/{procedure}/diff': 'procedure diff x',
  'GET /admin/v1/procedures/{procedure}/samples': 'procedure sample list x',
  'GET /admin/v1/procedures/{procedure}/samples/{name}': 'procedure sample show x n',
  'GET /admin/v1/procedures/{procedure}/versions': 'procedure list x',
  'GET /admin/v1/procedures/{procedure}/versions/{version}': 'procedure show x --version 1',
  'GET /admin/v1/procedures/{procedure}/versions/{version}/activation': 'procedure activate x 1',
  'GET /admin/v1/procedures/{procedure}/versions/{version}/source': 'procedure pull x',
  'GET /admin/v1/profiles': 'profile list',
  'GET /admin/v1/profiles/{profile}': 'profile show p',
  'GET /admin/v1/profiles/{profile}/accounts': 'account list',
  'GET /admin/v1/profiles/{profile}/accounts/{account}': 'account show alice',
  'GET /admin/v1/profiles/{profile}/accounts/{account}/links': 'account links alice',
  'GET /admin/v1/profiles/{profile}/accounts/{account}/sessions': 'account sessions alice',
  'GET /admin/v1/profiles/{profile}/bindings': 'binding list',
  'GET /admin/v1/profiles/{profile}/buckets': 'bucket list',
  'GET /admin/v1/profiles/{profile}/buckets/{bucket}': 'bucket describe b text',
  'GET /admin/v1/profiles/{profile}/buckets/{bucket}/entries': 'bucket entries b alice',
  'GET /admin/v1/profiles/{profile}/clients': 'client list',
  'GET /admin/v1/profiles/{profile}/clients/{client}': 'client show c',
  'GET /admin/v1/profiles/{profile}/delegations': 'delegation list',
  'GET /admin/v1/profiles/{profile}/delegations/{delegation}': 'delegation show d',
  'GET /admin/v1/profiles/{profile}/dynamic-clients': 'registration list',
  'GET /admin/v1/profiles/{profile}/dynamic-clients/{client}': 'registration show c',
  'GET /admin/v1/profiles/{profile}/endpoints': 'endpoint list',
  'GET /admin/v1/profiles/{profile}/endpoints/{endpoint}': 'endpoint show e',
  'GET /admin/v1/profiles/{profile}/endpoints/{endpoint}/bindings': 'binding list --endpoint e',
  'GET /admin/v1/profiles/{profile}/http-clients': 'http-client list',
  'GET /admin/v1/profiles/{profile}/http-clients/{client}': 'http-client show h',
  'GET /admin/v1/profiles/{profile}/initial-access-tokens': 'registration token-list',
  'GET /admin/v1/profiles/{profile}/keys': 'key list',
  'GET /admin/v1/profiles/{profile}/secrets': 'secret list',
  'GET /admin/v1/profiles/{profile}/secrets/{secret}': 'secret show s',
  'GET /admin/v1/profiles/{profile}/token-issuers': 'token-issuer list',
  'GET /admin/v1/profiles/{profile}/token-issuers/{issuer}': 'token-issuer show i',
  'GET /admin/v1/profiles/{profile}/tokens': 'token list',
  'GET /admin/v1/proposals': 'proposal list',
  'GET /admin/v1/proposals/{proposal}': 'proposal show o',
  'GET /admin/v1/sessions': 'admin sessions',
  'GET /admin/v1/statistics': 'status',
  'GET /admin/v1/status': 'status',
  'PATCH /admin/v1/libraries/{library}': 'library describe l text',
  'PATCH /admin/v1/procedures/{procedure}': 'procedure describe x text',
  'PATCH /admin/v1/profiles/{profile}/accounts/{account}': 'account set alice --attribute a=b',
  'POST /admin/v1/administrators': 'admin create a --role read',
  'POST /admin/v1/administrators/{administrator}/token': 'admin renew-token a',
  'POST /admin/v1/check': 'library check FILE',
  'POST /admin/v1/configuration/diff': 'config diff FILE',
  'POST /admin/v1/dry-run': 'procedure dry-run x',
  'POST /admin/v1/libraries/{library}/activate': 'library activate l 1',
  'POST /admin/v1/libraries/{library}/versions': 'library push FILE --id l',
  'POST /admin/v1/procedures': 'procedure create x --flow oauth-introspect',
  'POST /admin/v1/procedures/{procedure}/activate': 'procedure activate x 1 --yes',
  'POST /admin/v1/procedures/{procedure}/rollback': 'procedure rollback x',
  'POST /admin/v1/procedures/{procedure}/versions': 'procedure push FILE --id x',
  'POST /admin/v1/procedures/{procedure}/versions/{version}/test': 'procedure sample run x 1',
  'POST /admin/v1/profiles/{profile}/accounts': 'account create alice',
  'POST /admin/v1/profiles/{profile}/accounts/import': 'account import FILE',
  'POST /admin/v1/profiles/{profile}/accounts/{account}/links': 'account link alice --provider company --subject s',
  'POST /admin/v1/profiles/{profile}/accounts/{account}/password': 'account set-password alice',
  'POST /admin/v1/profiles/{profile}/accounts/{account}/unlock': 'account unlock alice',
  'POST /admin/v1/profiles/{profile}/clients': 'client create c',
  'POST /admin/v1/profiles/{profile}/clients/{client}/secrets': 'client rotate-secret c',
  'POST /admin/v1/profiles/{profile}/initial-access-tokens': 'registration token-create',
  'POST /admin/v1/profiles/{profile}/keys/rotate': 'key rotate',
  'POST /admin/v1/profiles/{profile}/revocations': 'delegation revoke --subject alice',
  'POST /admin/v1/profiles/{profile}/tokens/lookup': 'token lookup FILE',
  'POST /admin/v1/proposals/{proposal}/approve': 'proposal approve o',
  'POST /admin/v1/proposals/{proposal}/reject': 'proposal reject o',
  'POST /admin/v1/proposals/{proposal}/withdraw': 'proposal withdraw o',
  'PUT /admin/v1/configuration': 'config apply FILE --yes',
  'PUT /admin/v1/procedures/{procedure}/samples/{name}': 'procedure sample save x n FILE',
  'PUT /admin/v1/profiles/{profile}': 'profile set p FILE',
  'PUT /admin/v1/profiles/{profile}/buckets/{bucket}': 'bucket create b',
  'PUT /admin/v1/profiles/{profile}/clients/{client}': 'client set c FILE',
  'PUT /admin/v1/profiles/{profile}/endpoints/{endpoint}': 'endpoint set e FILE',
  'PUT /admin/v1/profiles/{profile}/endpoints/{endpoint}/bindings/{flow}': 'binding set oauth-introspect x --endpoint e',
  'PUT /admin/v1/profiles/{profile}/http-clients/{client}': 'http-client create h --allow-host h.example',
  'PUT /admin/v1/profiles/{profile}/secrets/{secret}': 'secret set s --value-file FILE',
  'PUT /admin/v1/profiles/{profile}/token-issuers/{issuer}': 'token-issuer set i FILE',
};

/** Enough of everything for commands that look before they act. */
const ANYTHING = {
  ...{ items: [], next: null, id: 'x', flow: 'f', activeVersion: 1, attributes: {}, samples: [], findings: [], affected: [], diff: '' },
};

test('every route of the admin API is reached by a command, or left for a reason', async () => {
  const service = await TestAdminApi.start();
  const document = (await service.call('GET', '/openapi.json', { as: null })).json;
  await service.close();
  const routes = Object.entries<Json>(document.paths).flatMap(([path, item]) =>
    Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect([...Object.keys(LEFT), ...Object.keys(REACHED)].toSorted()).toEqual(routes.toSorted());
});

test.each(Object.entries(REACHED))('%s is reached by tokenwright %s', async (route, words) => {
  const link = { provider: 'company', issuer: 'https://company.example', subject: 's' };
  line.api
    .otherwise({ body: ANYTHING })
    .list('profiles/p/accounts/alice/links', [link])
    // Else it would be followed for good.
    .on('GET executions/stream?recent=10', { status: 403 });
  const file = line.file('file.json', '{}\n');
  const args = words.split(' ').map((word) => (word === 'FILE' ? file : word));
  const options = { isInteractive: route.endsWith('/activation') };
  // What it makes of an answer that is none is not the question.
  const ended = await line.run(args, options).catch(() => null);
  const [method = '', path = ''] = route.replace('/admin/v1/', '').split(' ');
  const pattern = new RegExp(`^${method} ${path.replace(/\{[a-z]+\}/g, '[^/?]+')}(\\?|$)`);
  expect({ asked: line.api.requests.map((asked) => `${asked.method} ${asked.path}`), ended }).toMatchObject({
    asked: expect.arrayContaining([expect.stringMatching(pattern)]),
  });
});
