import type { OpenedHttpClient, OutgoingRequest } from '#libs/oauth';

/** For specs: a client that may reach `api.example` by http, on this machine, and nothing else. */
export function aClient(members: Partial<OpenedHttpClient> = {}): OpenedHttpClient {
  return {
    profile: 'main',
    id: 'partner',
    allowedHosts: ['api.example'],
    allowHttp: true,
    allowTokens: false,
    allowedNetworks: ['127.0.0.1/32'],
    credentials: null,
    tls: { caCertificates: null, clientCertificate: null, clientKey: null },
    timeoutMilliseconds: 5000,
    maximumResponseBytes: 10_000,
    maximumRedirects: 0,
    origin: 'api',
    ...members,
  };
}

export function aGet(url: string, members: Partial<OutgoingRequest> = {}): OutgoingRequest {
  return { method: 'GET', url, headers: {}, body: null, timeout: 5000, caller: 'procedure', ...members };
}
