import {
  entityKey,
  type Client,
  type ClientCapability,
  type Configuration,
  type EndpointKind,
  type FlowId,
  type Procedure,
  type ProcedureVersion,
} from '#libs/oauth';
import type { AdminServices } from './admin-services.ts';
import { unifiedDiff, type Named } from './source-diff.ts';

/** What a client needs to be able to do to be answered at an endpoint; of other kinds any client may be. */
const NEEDED: Partial<Record<EndpointKind, ClientCapability>> = {
  'oauth-introspect': 'introspection',
  'oauth-device-authorization': 'device-authorization',
  'oauth-backchannel-authentication': 'backchannel-authentication',
};

/** What a client needs for a grant of the token endpoint, or for an authorization. */
const NEEDED_OF_FLOW: Partial<Record<FlowId, ClientCapability>> = {
  'oauth-token-client-credentials': 'client-credentials',
  'oauth-token-authorization-code': 'authorization-code',
  'oauth-token-device-code': 'device-authorization',
  'oauth-token-refresh': 'refresh-token',
  'oauth-token-assertion': 'assertion',
  'oauth-token-resource-owner-password-credentials': 'password',
  'oauth-token-backchannel-authentication': 'backchannel-authentication',
  'oauth-token-oauth-token-exchange': 'token-exchange',
  'oauth-token-token-exchange': 'token-exchange',
  'oauth-authorize-authorization-code': 'authorization-code',
  'oauth-authorize-implicit': 'implicit',
  'openid-authorize-hybrid': 'hybrid',
};

/** Everything that somebody wants to know who is about to activate a version. */
export async function activationOf(
  { configuration: { current }, compiler, defaultSource }: AdminServices,
  procedure: Procedure,
  version: ProcedureVersion,
  against: 'active' | 'default',
) {
  const { id, flow, activeVersion } = procedure;
  const before = against === 'default' ? { name: 'default', source: defaultSource(flow as FlowId) } : activeText(current, procedure);
  const libraries = version.libraries.flatMap(({ library, version: pin }) => {
    const stored = current.get('library-version', entityKey(library, pin));
    return stored === undefined ? [] : [{ ...stored, name: library }];
  });
  const { source, language } = version;
  const compiled = await compiler.compile({ source, language, flow, libraries });
  const bindings = [...current.all('binding')].filter((binding) => binding.procedure === id);
  return {
    procedure: id,
    flow,
    version: version.version,
    active: activeVersion,
    against: before.name,
    diff: unifiedDiff(before, { name: `${id}@${version.version}`, source }),
    findings: compiled.ok ? compiled.warnings : compiled.errors,
    tests: version.tests,
    affected: bindings.flatMap((binding) => {
      const { profile, endpoint, flow: bound } = binding;
      const kind = current.get('endpoint', entityKey(profile, endpoint))?.kind;
      if (binding.version !== null || kind === undefined) return [];
      return [{ profile, endpoint, kind, flow: bound, clients: clientsOf(current, profile, kind, bound as FlowId) }];
    }),
    pinned: bindings.flatMap(({ profile, endpoint, flow: bound, version: pin }) =>
      pin === null ? [] : [{ profile, endpoint, flow: bound, version: pin }],
    ),
  };
}

function activeText(configuration: Configuration, { id, activeVersion }: Procedure): Named {
  if (activeVersion === null) return { name: 'nothing', source: '' };
  const { source = '' } = configuration.get('procedure-version', entityKey(id, activeVersion)) ?? {};
  return { name: `${id}@${activeVersion}`, source };
}

function clientsOf(configuration: Configuration, profile: string, kind: EndpointKind, flow: FlowId): number {
  const needed = NEEDED_OF_FLOW[flow] ?? NEEDED[kind];
  const may = (client: Client) => needed === undefined || client.capabilities.includes(needed);
  return [...configuration.all('client')].filter((client) => client.profile === profile && client.enabled && may(client)).length;
}
