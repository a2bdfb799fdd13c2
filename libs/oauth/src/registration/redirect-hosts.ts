/** Whether a redirect URI leads to one of the hosts of a template: `app.example`, or `*.example` for all below it; null for any. */
export function isRedirectHost(hosts: readonly string[] | null, uri: string): boolean {
  if (hosts === null) return true;
  const hostname = URL.parse(uri)?.hostname ?? '';
  return hosts.some((host) =>
    host.startsWith('*.') ? hostname.endsWith(host.slice(1)) && hostname.length >= host.length : hostname === host,
  );
}
